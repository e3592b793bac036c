#include "compiler/signals.h"

#include <asm/prctl.h>
#include <signal.h>
#include <sys/mman.h>
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

struct sigaction before_segv, before_bus, before_trap;

constexpr greg_t kTrapFlag = 0x100;
constexpr std::size_t kDevicePage = 4096;

/// Hands a signal that is not ours to whoever was there before.
void pass_on(int signal, siginfo_t* info, void* context) {
    const struct sigaction& before = signal == SIGSEGV  ? before_segv
                                     : signal == SIGBUS ? before_bus
                                                        : before_trap;
    if ((before.sa_flags & SA_SIGINFO) != 0) {
        before.sa_sigaction(signal, info, context);
    } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
        before.sa_handler(signal);
    } else {
        // Dies of it when the instruction runs again; an ignored SIGSEGV does so, too.
        ::signal(signal, SIG_DFL);
    }
}

/// Whether what the compiler emits for the store of a byte stands there: mov r/m8, r8 or imm8.
bool is_byte_store(std::uintptr_t pc) {
    const auto* at = reinterpret_cast<const std::uint8_t*>(pc);
    while (*at == 0x65 || *at == 0x67 || (*at & 0xF0) == 0x40)  // gs, 32-bit address, REX
        ++at;
    return *at == 0x88 || *at == 0xC6;
}

void on_signal(int signal, siginfo_t* info, void* context) {
    auto* const machine = static_cast<ucontext_t*>(context);
    greg_t* const registers = machine->uc_mcontext.gregs;
    const auto pc = static_cast<std::uintptr_t>(registers[REG_RIP]);
    if (signal == SIGTRAP && innermost != nullptr && innermost->is_storing()) {
        innermost->end_store();
        registers[REG_EFL] &= ~kTrapFlag;
        return;
    }
    if (signal != SIGTRAP && innermost != nullptr && innermost->covers(pc)) {
        const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
        if (signal == SIGSEGV && innermost->begin_store(pc, address)) {
            registers[REG_EFL] |= kTrapFlag;
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
            ::sigaction(SIGBUS, &action, &before_bus) != 0 ||
            ::sigaction(SIGTRAP, &action, &before_trap) != 0) {
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

bool AccessGuard::begin_store(std::uintptr_t pc, std::uintptr_t address) {
    if (device_ == 0 || address - device_ >= kDevicePage || !is_byte_store(pc)) return false;
    if (store_count_ == stores_.size()) return false;
    if (::mprotect(reinterpret_cast<void*>(device_), kDevicePage, PROT_READ | PROT_WRITE) != 0)
        return false;
    storing_ = address;
    return true;
}

void AccessGuard::end_store() {
    auto* const byte = reinterpret_cast<std::uint8_t*>(storing_);
    stores_[store_count_++] = {.offset = static_cast<std::uint32_t>(storing_ - device_),
                               .byte = *byte};
    *byte = 0;
    storing_ = 0;
    ::mprotect(reinterpret_cast<void*>(device_), kDevicePage, PROT_READ);
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
