/* Ends in the way that the input names. Static objects say when they come and go. */
#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>
#include <stdexcept>
#include <string>

/* Of this program alone the compiler would know that there is nobody else to call. */
struct Abstract {
    Abstract() { call(); }
    virtual ~Abstract() = default;
    [[gnu::noipa]] void call() { work(); }
    virtual void work() = 0;
};

struct Concrete : Abstract {
    void work() override {}
};

namespace {

struct Static {
    explicit Static(const char* of) : name(of) { std::cout << '+' << name << ' '; }
    ~Static() { std::cout << '-' << name << ' '; }
    Static(const Static&) = delete;
    Static& operator=(const Static&) = delete;
    const char* name;
};

/** Called before any other constructor, before there are streams: exceptions work already. */
const char* catch_early() {
    try {
        throw "early";
    } catch (const char* name) {
        return name;
    }
}

struct Early {
    const char* name = catch_early();
};
[[gnu::init_priority(200)]] const Early early;
const Static first("first");
const Static second(early.name);

const Static& local() {
    static const Static object("local");
    return object;
}

void fail() {
    throw std::runtime_error("nobody catches this");
}

void promise() noexcept {
    fail();
}

struct Thrower {
    ~Thrower() noexcept(false) { throw 2; }
};

int descend(int levels) {
    volatile char room[1000];
    room[levels % 1000] = 1;
    return levels == 0 ? 0 : descend(levels - 1) + room[levels % 1000];
}

}  // namespace

int main() {
    std::string way;
    std::cin >> way;
    std::cout << "main ";
    local();
    if (way == "return") return 42;
    if (way == "exit") std::exit(43);
    if (way == "_Exit") std::_Exit(44);
    std::cout << std::flush;
    if (way == "throw") fail();
    if (way == "throw_int") throw 17;
    if (way == "pure") Concrete();
    if (way == "noexcept") promise();
    if (way == "second_throw") {
        const Thrower thrower;
        throw 1;
    }
    if (way == "rethrow_nothing") throw;
    if (way == "bad_alloc") {
        for (;;) [[maybe_unused]] char* volatile block = new char[std::size_t{1} << 28];
    }
    if (way == "terminate") std::terminate();
    if (way == "handler") {
        std::set_terminate([] {
            std::cerr << "the program's own handler\n";
            std::exit(45);
        });
        fail();
    }
    if (way == "overflow") return descend(1000000);
    return 99;
}
