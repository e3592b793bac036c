/* A little of everything in the library; prints the same wherever it is built. */
#include <algorithm>
#include <any>
#include <array>
#include <atomic>
#include <bitset>
#include <charconv>
#include <chrono>
#include <complex>
#include <deque>
#include <forward_list>
#include <functional>
#include <iomanip>
#include <iostream>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <numeric>
#include <optional>
#include <queue>
#include <random>
#include <ranges>
#include <regex>
#include <set>
#include <span>
#include <sstream>
#include <stack>
#include <string>
#include <tuple>
#include <typeinfo>
#include <unordered_map>
#include <unordered_set>
#include <valarray>
#include <variant>
#include <vector>

namespace {

template <typename Range>
void print(const char* name, Range&& range) {
    std::cout << name << ':';
    for (const auto& item : range) std::cout << ' ' << item;
    std::cout << '\n';
}

thread_local int counted = 5;
thread_local std::string kept = "kept by the thread, and too long to be kept inside of the object";

struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
};
struct Square : Shape {
    explicit Square(double of) : side(of) {}
    double area() const override { return side * side; }
    double side;
};

}  // namespace

int main() {
    std::mt19937 random(7);
    std::vector<unsigned> numbers(20000);
    for (unsigned& number : numbers) number = static_cast<unsigned>(random());
    std::sort(numbers.begin(), numbers.end());
    std::cout << std::is_sorted(numbers.begin(), numbers.end()) << ' ' << numbers.front() << ' ' << numbers.back() << '\n';
    std::stable_sort(numbers.begin(), numbers.end(), [](unsigned a, unsigned b) { return a % 10 < b % 10; });
    std::cout << numbers.front() << ' ' << std::accumulate(numbers.begin(), numbers.end(), 0ull) << '\n';
    std::cout << std::uniform_int_distribution<>(1, 6)(random) << ' ' << std::mt19937_64(3)() << '\n';

    std::unordered_map<std::string, int> lengths;
    for (int i = 0; i < 5000; i++) lengths[std::string(static_cast<std::size_t>(i % 97), 'x') + std::to_string(i)] = i;
    for (int i = 0; i < 5000; i += 2) lengths.erase(std::string(static_cast<std::size_t>(i % 97), 'x') + std::to_string(i));
    std::cout << lengths.size() << ' ' << lengths.at(std::string(11, 'x') + "11") << '\n';
    print("set", std::set<std::string>{"pear", "apple", "fig"});
    print("multiset", std::multiset<int, std::greater<>>{3, 1, 3, 2});
    std::map<int, std::string> map{{2, "two"}, {1, "one"}};
    map.insert_or_assign(3, "three");
    for (const auto& [key, value] : map) std::cout << key << '=' << value << ' ';
    std::list<int> list{5, 3, 4};
    list.sort();
    print("list", list);
    std::forward_list<int> forward{1, 1, 2};
    forward.unique();
    print("forward_list", forward);
    std::deque<int> deque{1, 2};
    deque.push_front(0);
    print("deque", deque);
    std::priority_queue<int> heap(std::less<int>(), {3, 9, 4});
    std::cout << heap.top() << ' ' << std::bitset<12>(1000) << ' ' << std::valarray<int>{1, 2, 3}.sum() << '\n';
    print("ranges", std::views::iota(1, 20) | std::views::filter([](int i) { return i % 3 == 0; }) |
                        std::views::transform([](int i) { return i * i; }));

    const std::regex date("([0-9]{4})-([0-9]{2})-([0-9]{2})");
    const std::string text = "from 2024-01-31 to 2025-12-01, not 20-1-1";
    for (std::sregex_iterator match(text.begin(), text.end(), date), end; match != end; ++match) std::cout << (*match)[3] << '.' << (*match)[2] << ' ';
    std::cout << std::regex_replace(text, date, "$2/$1") << '\n';
    try {
        const std::regex wrong("(");
    } catch (const std::regex_error& error) {
        std::cout << (error.code() == std::regex_constants::error_paren) << '\n';
    }

    std::stringstream stream("12 0x1f word 3.5 rest of it");
    int decimal = 0, hexadecimal = 0;
    std::string word, rest;
    double real = 0;
    stream >> decimal >> std::hex >> hexadecimal >> word >> std::dec >> real;
    std::getline(stream >> std::ws, rest);
    std::cout << decimal << ' ' << hexadecimal << ' ' << word << ' ' << real << ' ' << std::quoted(rest) << '\n';
    std::cout << std::setw(8) << std::setfill('.') << 42 << ' ' << std::hex << std::showbase << 255 << std::dec << ' '
              << std::left << std::setw(6) << "left" << '|' << std::boolalpha << true << '\n';
    std::cout << std::fixed << std::setprecision(3) << 2.0 / 3 << ' ' << std::scientific << 12345.678 << ' '
              << std::defaultfloat << std::setprecision(12) << 0.1 << ' ' << 1e300 << ' '
              << std::numeric_limits<double>::infinity() << '\n';
    std::cout << std::stoll("-9223372036854775808") << ' ' << std::stod("1e-3") << ' ' << std::to_string(3.25) << '\n';
    std::array<char, 40> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), 0.3).ptr;
    int parsed = 0;
    std::from_chars("987x", "987x" + 4, parsed);
    std::cout << std::string(buffer.data(), end) << ' ' << parsed << '\n';
    std::cout << std::complex<double>(1, 2) * std::complex<double>(0, 1) << ' ' << std::gcd(84, 36) << ' '
              << std::midpoint(3, 8) << '\n';

    const std::variant<int, std::string> variant = "text";
    const std::optional<int> nothing;
    const std::any any = 3.5;
    std::cout << variant.index() << ' ' << nothing.value_or(-1) << ' ' << std::any_cast<double>(any) << ' '
              << std::get<1>(std::tuple(1, 'c')) << '\n';
    const std::function<int(int)> twice = [&](int n) { return n * 2 + counted; };
    counted++;
    std::cout << twice(4) << ' ' << kept << '\n';
    const std::shared_ptr<Shape> shared = std::make_shared<Square>(1.5);
    const std::weak_ptr<Shape> weak = shared;
    std::cout << shared->area() << ' ' << weak.use_count() << ' ' << (typeid(*shared) == typeid(Square)) << ' '
              << typeid(*shared).name() << '\n';
    std::atomic<int> atomic = 3;
    std::atomic<long long> wide = 1;
    std::atomic<unsigned char> narrow = 250;
    int expected = 4;
    std::cout << atomic.fetch_add(2) << ' ' << atomic.compare_exchange_strong(expected, 9) << expected << ' ' << wide.exchange(7)
              << ' ' << wide.fetch_or(24) << wide << ' ' << static_cast<int>(narrow += 10) << ' ' << atomic.fetch_sub(1)
              << ' ' << wide.fetch_and(3) << ' ' << wide.fetch_xor(1) << ' ' << wide << '\n';
    std::array<std::byte, 256> room;
    std::pmr::monotonic_buffer_resource resource(room.data(), room.size());
    const std::pmr::vector<int> pooled({1, 2, 3}, &resource);
    std::cout << std::span(pooled).subspan(1).size() << '\n';
    using namespace std::chrono_literals;
    std::cout << std::chrono::duration_cast<std::chrono::seconds>(90min).count() << ' '
              << std::locale::classic().name() << '\n';
    std::cout << std::cin.get() << ' ' << std::cin.eof() << '\n';
}
