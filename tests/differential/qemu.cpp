#include "differential/qemu.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace reprise::testing {

namespace {

constexpr const char* kQemu = "qemu-riscv64";

/// A file in memory that a child can open by its descriptor.
class MemoryFile {
public:
    explicit MemoryFile(std::span<const std::uint8_t> bytes) : descriptor_(::memfd_create("", 0)) {
        if (descriptor_ < 0) throw std::runtime_error("memfd_create failed");
        while (!bytes.empty()) {
            const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
            if (written <= 0) throw std::runtime_error("cannot write to a file in memory");
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
        ::lseek(descriptor_, 0, SEEK_SET);
    }
    ~MemoryFile() { ::close(descriptor_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    int descriptor() const { return descriptor_; }
    std::string path() const { return fmt::format("/proc/self/fd/{}", descriptor_); }

    Bytes read_all() const {
        Bytes bytes(static_cast<std::size_t>(::lseek(descriptor_, 0, SEEK_END)));
        if (::pread(descriptor_, bytes.data(), bytes.size(), 0) !=
            static_cast<ssize_t>(bytes.size())) {
            throw std::runtime_error("cannot read a file in memory");
        }
        return bytes;
    }

private:
    int descriptor_;
};

/// In the child: only calls that are safe after a fork.
[[noreturn]] void become_qemu(int input, int output, const char* path) {
    const rlimit limit{.rlim_cur = 60, .rlim_max = 60};
    ::setrlimit(RLIMIT_CPU, &limit);
    const rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::dup2(input, STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::execlp(kQemu, kQemu, "-cpu", "rv64,zbkb=on", path, static_cast<char*>(nullptr));
    ::_exit(127);
}

}  // namespace

bool has_qemu() {
    return std::system("command -v qemu-riscv64 >/dev/null 2>&1") == 0;
}

QemuResult run_qemu(std::span<const std::uint8_t> elf, std::span<const std::uint8_t> input) {
    const MemoryFile program(elf), in(input), out({});
    const std::string path = program.path();
    const pid_t child = ::fork();
    if (child == 0) become_qemu(in.descriptor(), out.descriptor(), path.c_str());
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child) {
        throw std::runtime_error(fmt::format("cannot run {}: {}", kQemu, std::strerror(errno)));
    }
    return {.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
            .output = out.read_all()};
}

}  // namespace reprise::testing
