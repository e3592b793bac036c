#include "cli/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/error.h"
#include "base/file.h"

namespace reprise::cli {

namespace {

/// Which file a path names, whether there is one already or not.
struct Identity {
    std::optional<std::pair<dev_t, ino_t>>
        regular;                  ///< a file that is there and can be overwritten
    std::filesystem::path place;  ///< of one that is not there yet

    bool operator==(const Identity& other) const {
        if (regular || other.regular) return regular == other.regular;
        return !place.empty() && place == other.place;
    }
};

Identity identity_of(const struct stat& status) {
    if (!S_ISREG(status.st_mode)) return {};
    return {.regular = std::pair(status.st_dev, status.st_ino), .place = {}};
}

Identity identity_of(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) return identity_of(status);
    std::error_code ignored;
    return {.regular = {},
            .place = std::filesystem::weakly_canonical(std::filesystem::absolute(path, ignored),
                                                       ignored)};
}

Identity identity_of_standard_input() {
    struct stat status {};
    return ::fstat(STDIN_FILENO, &status) == 0 ? identity_of(status) : Identity();
}

}  // namespace

void check_files(const std::vector<NamedFile>& outputs, const std::vector<NamedFile>& inputs) {
    std::vector<std::pair<const char*, Identity>> taken;
    taken.reserve(inputs.size() + outputs.size());
    for (const NamedFile& input : inputs)
        taken.emplace_back(input.what,
                           input.path ? identity_of(*input.path) : identity_of_standard_input());
    for (const NamedFile& output : outputs) {
        if (!output.path || *output.path == "-") continue;
        const Identity identity = identity_of(*output.path);
        for (const auto& [what, other] : taken) {
            if (identity == other)
                throw Error("{} would overwrite {}: name another file for it than {}", output.what,
                            what, *output.path);
        }
        taken.emplace_back(output.what, identity);
    }
}

OutputFile::OutputFile(const char* what, std::string path) : what_(what), path_(std::move(path)) {
    if (path_ == "-") return;
    file_ = Descriptor(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
    if (!file_.is_open()) fail();
}

void OutputFile::write(const std::string& content) {
    const int to = file_.is_open() ? file_.get() : STDERR_FILENO;
    struct stat status {};
    const bool is_regular = ::fstat(to, &status) == 0 && S_ISREG(status.st_mode);
    if (file_.is_open() && is_regular && ::ftruncate(to, 0) != 0) fail();
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(content.data());
    if (!write_all(to, {bytes, content.size()})) fail();
    if (file_.close() != 0) fail();
}

void OutputFile::fail() const {
    throw Error("cannot write {} to {}: {}", what_, path_ == "-" ? "standard error" : path_,
                std::strerror(errno));
}

}  // namespace reprise::cli
