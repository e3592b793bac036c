#include "compiler/signals.h"

#include <asm/prctl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <utility>

#include "base/error.h"

namespace reprise::compiler {

namespace {

[[gnu::tls_model("initial-exec")]] thread_local AccessGuard* innermost = nullptr;

struct sigaction before_segv, before_bus;

constexpr std::size_t kDevicePage = 4096;

/// Hands a signal that is not ours to whoever was there before.
void pass_on(int signal, siginfo_t* info, void* context) {
    const struct sigaction& before = signal == SIGSEGV ? before_segv : before_bus;
    if ((before.sa_flags & SA_SIGINFO) != 0) {
        before.sa_sigaction(signal, info, context);
    } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
        before.sa_handler(signal);
    } else {
        // Dies of it when the instruction runs again; an ignored SIGSEGV does so, too.
        ::signal(signal, SIG_DFL);
    }
}

/// The store of a byte, as the compiler emits it.
struct ByteStore {
    std::size_t length = 0;  ///< of the instruction; 0: it is none
    std::uint8_t byte = 0;
};

/// Decodes mov r/m8, r8 and mov r/m8, imm8 (Intel's manual, volume 2, chapter 2).
ByteStore decode_byte_store(std::uintptr_t pc, const greg_t* registers) {
    constexpr int kNumbers[] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                REG_R12, REG_R13, REG_R14, REG_R15};
    constexpr std::uint8_t kGs = 0x65, kAddress32 = 0x67, kFromRegister = 0x88, kImmediate = 0xC6;
    const auto* const begin = reinterpret_cast<const std::uint8_t*>(pc);
    const std::uint8_t* at = begin;
    while (*at == kGs || *at == kAddress32)
        ++at;
    const bool has_rex = (*at & 0xF0) == 0x40;
    const std::uint8_t rex = has_rex ? *at++ : 0;
    const std::uint8_t opcode = *at++;
    if (opcode != kFromRegister && opcode != kImmediate) return {};
    const unsigned mode = *at >> 6, source = *at >> 3 & 7, base = *at & 7;
    ++at;
    const bool has_sib = base == 4;
    const unsigned sib_base = has_sib ? *at++ & 7 : base;
    at += mode == 1 ? 1 : mode == 2 || (mode == 0 && sib_base == 5) ? 4 : 0;
    ByteStore store;
    if (opcode == kImmediate) {
        store.byte = *at++;
    } else if (!has_rex && source >= 4) {  // ah, ch, dh, bh
        store.byte = static_cast<std::uint8_t>(registers[kNumbers[source - 4]] >> 8);
    } else {
        store.byte = static_cast<std::uint8_t>(registers[kNumbers[source | (rex & 4) << 1]]);
    }
    store.length = static_cast<std::size_t>(at - begin);
    return store;
}

void on_signal(int signal, siginfo_t* info, void* context) {
    greg_t* const registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
    const auto pc = static_cast<std::uintptr_t>(registers[REG_RIP]);
    if (innermost != nullptr && innermost->covers(pc)) {
        const ByteStore store = signal == SIGSEGV ? decode_byte_store(pc, registers) : ByteStore{};
        const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
        if (store.length != 0 && innermost->note_store(address, store.byte)) {
            registers[REG_RIP] += static_cast<greg_t>(store.length);
        } else {
            registers[REG_RIP] = static_cast<greg_t>(innermost->abort());
        }
        return;
    }
    pass_on(signal, info, context);
}

void install_once() {
    static std::once_flag installed;
    std::call_once(installed, [] {
        struct sigaction action {};
        action.sa_sigaction = on_signal;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        sigemptyset(&action.sa_mask);
        if (::sigaction(SIGSEGV, &action, &before_segv) != 0 ||
            ::sigaction(SIGBUS, &action, &before_bus) != 0) {
            throw Error("cannot handle SIGSEGV: {}", std::strerror(errno));
        }
    });
}

}  // namespace

AccessGuard::AccessGuard(std::span<const std::uint8_t> code, std::uintptr_t abort,
                         std::uintptr_t device)
    : begin_(reinterpret_cast<std::uintptr_t>(code.data())),
      size_(code.size()),
      abort_(abort),
      device_(device),
      stores_(device != 0 ? kMostStores : 0),
      outer_(innermost) {
    install_once();
    innermost = this;
}

AccessGuard::~AccessGuard() {
    innermost = outer_;
}

bool AccessGuard::note_store(std::uintptr_t address, std::uint8_t byte) {
    if (address - device_ >= kDevicePage || store_count_ == stores_.size()) return false;
    stores_[store_count_++] = {.offset = static_cast<std::uint32_t>(address - device_),
                               .byte = byte};
    return true;
}

std::span<const DeviceStore> AccessGuard::take_stores() {
    return {stores_.data(), std::exchange(store_count_, 0)};
}

SegmentBase::SegmentBase(std::uintptr_t base) {
    if (::syscall(SYS_arch_prctl, ARCH_GET_GS, &before_) != 0 ||
        ::syscall(SYS_arch_prctl, ARCH_SET_GS, base) != 0) {
        throw Error("cannot set the gs base: {}", std::strerror(errno));
    }
}

SegmentBase::~SegmentBase() {
    ::syscall(SYS_arch_prctl, ARCH_SET_GS, before_);
}

}  // namespace reprise::compiler
