/* Exceptions in all the ways that they can go; prints what happens, in order. The input "memory" uses it up. */
#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

/** Tells when it is destroyed. */
struct Guard {
    explicit Guard(std::string of) : name(std::move(of)) {}
    ~Guard() { std::cout << "~" << name << ' '; }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    const std::string name;
};

struct Base {
    virtual ~Base() = default;
};
struct Left : virtual Base {};
struct Right : virtual Base {};
struct Both : Left, Right {};

[[gnu::noinline]] int descend(int levels) {
    const Guard guard("level" + std::to_string(levels));
    if (levels == 0) throw std::out_of_range("bottom");
    return descend(levels - 1) + 1;
}

void rethrow() {
    try {
        descend(1);
    } catch (const std::logic_error&) {
        const Guard guard("rethrow");
        throw;
    }
}

void nest() {
    try {
        rethrow();
    } catch (...) {
        std::throw_with_nested(std::runtime_error("outer"));
    }
}

struct Member {
    explicit Member(bool fail) {
        if (fail) throw 17;
    }
};

struct Whole {
    Whole() try : guard("first"), member(true) {
    } catch (int number) {
        std::cout << "member " << number << ' ';
    }
    Guard guard;
    Member member;
};

/** Takes all memory there is, in ever smaller blocks. */
std::vector<void*> take_all_memory() {
    std::vector<void*> blocks;
    blocks.reserve(100000);
    for (std::size_t size = std::size_t{1} << 30; size >= 16; size /= 2)
        while (void* block = std::malloc(size)) blocks.push_back(block);
    return blocks;
}

template <typename Action>
void step(const char* name, Action action) {
    std::cout << name << ": ";
    try {
        action();
        std::cout << "done";
    } catch (const std::exception& error) {
        std::cout << "caught " << error.what();
    } catch (const Base&) {
        std::cout << "caught a Base";
    } catch (...) {
        std::cout << "caught something else";
    }
    std::cout << '\n';
}

const int before_main = [] {
    try {
        return descend(0);
    } catch (const std::out_of_range&) {
        return 7;
    }
}();

}  // namespace

int main() {
    std::cout << before_main << '\n';
    step("across functions", [] { descend(3); });
    step("rethrown", rethrow);
    step("nested", [] {
        try {
            nest();
        } catch (const std::runtime_error& error) {
            std::cout << error.what() << " of ";
            std::rethrow_if_nested(error);
        }
    });
    step("constructor", [] { Whole whole; });
    step("ambiguous no more", [] { throw Both(); });
    step("kept", [] {
        std::exception_ptr kept;
        try {
            descend(0);
        } catch (...) {
            kept = std::current_exception();
        }
        std::cout << "later ";
        std::rethrow_exception(kept);
    });
    step("while unwinding", [] {
        struct Careful {
            ~Careful() {
                try {
                    descend(0);
                } catch (const std::exception&) {
                    std::cout << std::uncaught_exceptions() << " uncaught ";
                }
            }
        };
        const Careful careful;
        throw std::runtime_error("the first one");
    });
    step("cast", [] {
        const Left left;
        const Base& base = left;
        static_cast<void>(dynamic_cast<const Right&>(base));
    });
    step("string", [] { static_cast<void>(std::string("short").at(9)); });
    step("number", [] { static_cast<void>(std::stoi("none")); });
    step("bad_function_call", [] { std::function<void()>()(); });
    volatile std::size_t huge = std::size_t{1} << 62;
    step("too large", [&] { static_cast<void>(std::make_unique<char[]>(huge)); });
    step("too many", [&] { [[maybe_unused]] void* volatile block = new long[huge]; });
    std::string input;
    std::vector<void*> blocks;
    if (std::cin >> input) blocks = take_all_memory();
    step("memory", [&] {
        if (input.empty()) throw std::bad_alloc();
        [[maybe_unused]] void* volatile block = ::operator new(8);
    });
    for (void* block : blocks) std::free(block);
    step("memory again", [] { std::vector<int>(1000000, 1).at(5) = 3; });
}
