#include "compiler/signals.h"

#include <asm/prctl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>

#include "base/error.h"

namespace reprise::compiler {

namespace {

[[gnu::tls_model("initial-exec")]] thread_local const AccessGuard* innermost = nullptr;

struct sigaction before_segv, before_bus;

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

void on_signal(int signal, siginfo_t* info, void* context) {
    auto* const machine = static_cast<ucontext_t*>(context);
    const auto pc = static_cast<std::uintptr_t>(machine->uc_mcontext.gregs[REG_RIP]);
    if (innermost != nullptr && innermost->covers(pc)) {
        machine->uc_mcontext.gregs[REG_RIP] = static_cast<greg_t>(innermost->abort());
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

AccessGuard::AccessGuard(std::span<const std::uint8_t> code, std::uintptr_t abort)
    : begin_(reinterpret_cast<std::uintptr_t>(code.data())),
      size_(code.size()),
      abort_(abort),
      outer_(innermost) {
    install_once();
    innermost = this;
}

AccessGuard::~AccessGuard() {
    innermost = outer_;
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
