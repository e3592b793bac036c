/*
 * Interprets a small part of Python, line by line: integers of 64 bits, strings, conditions,
 * variables and functions of one expression. What is wrong in a line ends this line with an
 * exception, and the next goes on. Trees of objects with virtual functions, owned by unique_ptr;
 * values are variants.
 *
 *     name = EXPRESSION
 *     def name(name, ...): return EXPRESSION
 *     EXPRESSION              its value is printed
 *
 *     EXPRESSION: + - * // % == != < <= > >= and or not, A if B else C, calls, parentheses
 *
 * Input:  lines.
 * Output: the values; "line N: ..." with the name of Python's exception for a line that fails.
 * Check:  python3 reference.py calc <INPUT
 */
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace {

// What bounds recursion, here and in destructors of trees, and memory.
constexpr std::size_t kMaxLine = 4000;
constexpr int kMaxNesting = 600;
constexpr int kMaxDepth = 2000;
constexpr std::size_t kMaxString = 1 << 20;

// --- What goes wrong: named as in Python ---------------------------------------------------------

struct Error : std::runtime_error {
    using std::runtime_error::runtime_error;
};
struct SyntaxError : Error {
    SyntaxError() : Error("SyntaxError") {}
};
struct NameError : Error {
    NameError() : Error("NameError") {}
};
struct TypeError : Error {
    TypeError() : Error("TypeError") {}
};
struct ZeroDivisionError : Error {
    ZeroDivisionError() : Error("ZeroDivisionError") {}
};
struct OverflowError : Error {
    OverflowError() : Error("OverflowError") {}
};
struct RecursionError : Error {
    RecursionError() : Error("RecursionError") {}
};

/** Counts a number up for as long as it lives, which an exception may end. */
template <typename TooDeep>
class Depth {
  public:
    Depth(int& counted, int limit) : count(counted) {
        if (count >= limit) throw TooDeep();
        ++count;
    }
    ~Depth() { --count; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;

  private:
    int& count;
};

// --- Values --------------------------------------------------------------------------------------

using Value = std::variant<bool, std::int64_t, std::string>;

bool is_string(const Value& value) {
    return std::holds_alternative<std::string>(value);
}

std::int64_t integer(const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
    if (const auto* truth = std::get_if<bool>(&value)) return *truth;
    throw TypeError();
}

bool is_true(const Value& value) {
    if (const auto* string = std::get_if<std::string>(&value)) return !string->empty();
    return integer(value) != 0;
}

struct Print {
    void operator()(bool truth) const { std::cout << (truth ? "True" : "False"); }
    void operator()(std::int64_t number) const { std::cout << number; }
    void operator()(const std::string& string) const { std::cout << string; }
};

std::string repeated(const std::string& string, std::int64_t times) {
    if (times <= 0 || string.empty()) return {};
    if (static_cast<std::uint64_t>(times) > kMaxString / string.size()) throw OverflowError();
    std::string all;
    for (; times > 0; --times) all += string;
    return all;
}

Value add(const Value& a, const Value& b) {
    if (is_string(a) && is_string(b)) {
        const auto &left = std::get<std::string>(a), &right = std::get<std::string>(b);
        if (left.size() + right.size() > kMaxString) throw OverflowError();
        return left + right;
    }
    std::int64_t sum;
    if (__builtin_add_overflow(integer(a), integer(b), &sum)) throw OverflowError();
    return sum;
}

Value subtract(const Value& a, const Value& b) {
    std::int64_t difference;
    if (__builtin_sub_overflow(integer(a), integer(b), &difference)) throw OverflowError();
    return difference;
}

Value multiply(const Value& a, const Value& b) {
    if (is_string(a)) return repeated(std::get<std::string>(a), integer(b));
    if (is_string(b)) return repeated(std::get<std::string>(b), integer(a));
    std::int64_t product;
    if (__builtin_mul_overflow(integer(a), integer(b), &product)) throw OverflowError();
    return product;
}

/** Quotient and remainder, rounded down. */
std::pair<std::int64_t, std::int64_t> divide(const Value& a, const Value& b) {
    const std::int64_t dividend = integer(a), divisor = integer(b);
    if (divisor == 0) throw ZeroDivisionError();
    if (divisor == -1) return {std::get<std::int64_t>(subtract(std::int64_t{0}, dividend)), 0};
    std::int64_t quotient = dividend / divisor, remainder = dividend % divisor;
    if (remainder != 0 && (remainder < 0) != (divisor < 0)) --quotient, remainder += divisor;
    return {quotient, remainder};
}

int compare(const Value& a, const Value& b) {
    if (is_string(a) && is_string(b)) return std::get<std::string>(a).compare(std::get<std::string>(b));
    const std::int64_t left = integer(a), right = integer(b);
    return (left > right) - (left < right);
}

bool equal(const Value& a, const Value& b) {
    return is_string(a) == is_string(b) && compare(a, b) == 0;
}

using Operation = Value (*)(const Value&, const Value&);

const std::map<std::string_view, Operation> kSums = {{"+", add}, {"-", subtract}};
const std::map<std::string_view, Operation> kProducts = {
    {"*", multiply},
    {"//", [](const Value& a, const Value& b) { return Value(divide(a, b).first); }},
    {"%",
     [](const Value& a, const Value& b) {
         if (is_string(a)) throw TypeError();
         return Value(divide(a, b).second);
     }},
};
const std::map<std::string_view, Operation> kComparisons = {
    {"==", [](const Value& a, const Value& b) { return Value(equal(a, b)); }},
    {"!=", [](const Value& a, const Value& b) { return Value(!equal(a, b)); }},
    {"<", [](const Value& a, const Value& b) { return Value(compare(a, b) < 0); }},
    {"<=", [](const Value& a, const Value& b) { return Value(compare(a, b) <= 0); }},
    {">", [](const Value& a, const Value& b) { return Value(compare(a, b) > 0); }},
    {">=", [](const Value& a, const Value& b) { return Value(compare(a, b) >= 0); }},
};

// --- Expressions ---------------------------------------------------------------------------------

struct Function;

struct Interpreter {
    std::map<std::string, Value> variables;
    std::map<std::string, std::shared_ptr<const Function>> functions;
    int depth = 0;
};

/** Where an expression is evaluated: the arguments of the function that it is in, if any. */
struct Scope {
    Interpreter& interpreter;
    const std::vector<std::string>& names;
    const std::vector<Value>& arguments;
};

class Expression {
  public:
    virtual ~Expression() = default;
    Value evaluate(const Scope& scope) const {
        const Depth<RecursionError> depth(scope.interpreter.depth, kMaxDepth);
        return value_in(scope);
    }

  private:
    virtual Value value_in(const Scope& scope) const = 0;
};

using Tree = std::unique_ptr<const Expression>;

struct Function {
    std::vector<std::string> parameters;
    Tree body;
};

struct Constant final : Expression {
    explicit Constant(Value of) : value(std::move(of)) {}
    Value value_in(const Scope&) const override { return value; }
    const Value value;
};

struct Name final : Expression {
    explicit Name(std::string of) : name(std::move(of)) {}
    Value value_in(const Scope& scope) const override {
        for (std::size_t i = 0; i < scope.names.size(); ++i)
            if (scope.names[i] == name) return scope.arguments[i];
        const auto found = scope.interpreter.variables.find(name);
        if (found == scope.interpreter.variables.end()) throw NameError();
        return found->second;
    }
    const std::string name;
};

struct Binary final : Expression {
    Binary(Operation what, Tree a, Tree b) : operation(what), left(std::move(a)), right(std::move(b)) {}
    Value value_in(const Scope& scope) const override {
        const Value first = left->evaluate(scope);
        return operation(first, right->evaluate(scope));
    }
    const Operation operation;
    const Tree left, right;
};

struct Not final : Expression {
    explicit Not(Tree what) : operand(std::move(what)) {}
    Value value_in(const Scope& scope) const override { return !is_true(operand->evaluate(scope)); }
    const Tree operand;
};

/** `and` and `or`: the second operand only where the first does not decide. */
struct Logical final : Expression {
    Logical(bool decides, Tree a, Tree b) : deciding(decides), left(std::move(a)), right(std::move(b)) {}
    Value value_in(const Scope& scope) const override {
        Value first = left->evaluate(scope);
        return is_true(first) == deciding ? first : right->evaluate(scope);
    }
    const bool deciding;
    const Tree left, right;
};

struct Conditional final : Expression {
    Conditional(Tree a, Tree b, Tree c) : condition(std::move(a)), then(std::move(b)), otherwise(std::move(c)) {}
    Value value_in(const Scope& scope) const override {
        return (is_true(condition->evaluate(scope)) ? then : otherwise)->evaluate(scope);
    }
    const Tree condition, then, otherwise;
};

struct Call final : Expression {
    Call(std::string of, std::vector<Tree> with) : name(std::move(of)), arguments(std::move(with)) {}
    Value value_in(const Scope& scope) const override {
        const auto found = scope.interpreter.functions.find(name);
        if (found == scope.interpreter.functions.end()) {
            if (scope.interpreter.variables.count(name)) throw TypeError();
            throw NameError();
        }
        const Function& function = *found->second;
        std::vector<Value> values;
        for (const Tree& argument : arguments) values.push_back(argument->evaluate(scope));
        if (values.size() != function.parameters.size()) throw TypeError();
        return function.body->evaluate({scope.interpreter, function.parameters, values});
    }
    const std::string name;
    const std::vector<Tree> arguments;
};

// --- Lines ---------------------------------------------------------------------------------------

enum class Kind { kEnd, kName, kNumber, kString, kSign };

struct Token {
    Kind kind;
    std::string_view text;
};

class Parser {
  public:
    explicit Parser(std::string_view line) : rest(line) { advance(); }

    /** Does what the line says. */
    void run(Interpreter& interpreter) {
        if (token.kind == Kind::kEnd) return;
        if (accept("def")) return define(interpreter);
        const std::string_view line = token.text;
        if (token.kind == Kind::kName && !is_keyword(line)) {
            const Parser before = *this;
            advance();
            if (accept("=")) {
                const Value value = whole_expression()->evaluate(Scope{interpreter, {}, {}});
                interpreter.functions.erase(std::string(line));
                interpreter.variables[std::string(line)] = value;
                return;
            }
            *this = before;
        }
        std::visit(Print(), whole_expression()->evaluate(Scope{interpreter, {}, {}}));
        std::cout << '\n';
    }

  private:
    static bool is_keyword(std::string_view name) {
        for (const char* keyword : {"and", "def", "else", "if", "not", "or", "return"})
            if (name == keyword) return true;
        return false;
    }

    static bool begins_name(char c) { return c == '_' || std::isalpha(static_cast<unsigned char>(c)); }
    static bool is_digit(char c) { return c >= '0' && c <= '9'; }

    void advance() {
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
        if (rest.empty() || rest[0] == '#') {
            token = {Kind::kEnd, {}};
            return;
        }
        std::size_t size = 1;
        Kind kind = Kind::kSign;
        if (begins_name(rest[0])) {
            kind = Kind::kName;
            while (size < rest.size() && (begins_name(rest[size]) || is_digit(rest[size]))) ++size;
        } else if (is_digit(rest[0])) {
            kind = Kind::kNumber;
            while (size < rest.size() && is_digit(rest[size])) ++size;
        } else if (rest[0] == '\'') {
            kind = Kind::kString;
            size = rest.find('\'', 1);
            if (size == rest.npos || rest.substr(0, size).find('\\') != rest.npos) throw SyntaxError();
            ++size;
        } else if (size < rest.size() && ((rest[1] == '=' && std::string_view("=!<>").find(rest[0]) != rest.npos) ||
                                          rest.substr(0, 2) == "//")) {
            size = 2;
        }
        token = {kind, rest.substr(0, size)};
        rest.remove_prefix(size);
    }

    bool accept(std::string_view text) {
        if (token.kind == Kind::kString || token.text != text) return false;
        advance();
        return true;
    }

    void expect(std::string_view text) {
        if (!accept(text)) throw SyntaxError();
    }

    std::string name() {
        if (token.kind != Kind::kName || is_keyword(token.text)) throw SyntaxError();
        std::string text(token.text);
        advance();
        return text;
    }

    void define(Interpreter& interpreter) {
        const std::string function = name();
        std::vector<std::string> parameters;
        expect("(");
        while (!accept(")")) {
            if (!parameters.empty()) expect(",");
            parameters.push_back(name());
        }
        expect(":");
        expect("return");
        Tree body = whole_expression();
        interpreter.variables.erase(function);
        interpreter.functions[function] =
            std::make_shared<const Function>(Function{std::move(parameters), std::move(body)});
    }

    Tree whole_expression() {
        Tree tree = expression();
        if (token.kind != Kind::kEnd) throw SyntaxError();
        return tree;
    }

    Tree expression() {
        const Depth<SyntaxError> depth(nesting, kMaxNesting);
        Tree then = disjunction();
        if (!accept("if")) return then;
        Tree condition = disjunction();
        expect("else");
        return std::make_unique<Conditional>(std::move(condition), std::move(then), expression());
    }

    Tree disjunction() {
        Tree tree = conjunction();
        while (accept("or")) tree = std::make_unique<Logical>(true, std::move(tree), conjunction());
        return tree;
    }

    Tree conjunction() {
        Tree tree = negation();
        while (accept("and")) tree = std::make_unique<Logical>(false, std::move(tree), negation());
        return tree;
    }

    Tree negation() {
        const Depth<SyntaxError> depth(nesting, kMaxNesting);
        if (accept("not")) return std::make_unique<Not>(negation());
        return binary(kComparisons, [this] { return sum(); });
    }

    Tree sum() {
        return binary(kSums, [this] { return binary(kProducts, [this] { return factor(); }); });
    }

    Tree binary(const std::map<std::string_view, Operation>& operations, const std::function<Tree()>& operand) {
        Tree tree = operand();
        while (token.kind == Kind::kSign) {
            const auto found = operations.find(token.text);
            if (found == operations.end()) break;
            advance();
            tree = std::make_unique<Binary>(found->second, std::move(tree), operand());
        }
        return tree;
    }

    Tree factor() {
        const Depth<SyntaxError> depth(nesting, kMaxNesting);
        if (accept("-")) return std::make_unique<Binary>(subtract, std::make_unique<Constant>(std::int64_t{0}), factor());
        if (accept("(")) {
            Tree tree = expression();
            expect(")");
            return tree;
        }
        if (token.kind == Kind::kString) {
            std::string text(token.text.substr(1, token.text.size() - 2));
            advance();
            return std::make_unique<Constant>(std::move(text));
        }
        if (token.kind == Kind::kNumber) {
            const std::string digits(token.text);
            advance();
            try {
                return std::make_unique<Constant>(std::int64_t{std::stoll(digits)});
            } catch (const std::out_of_range&) {
                throw OverflowError();
            }
        }
        std::string called = name();
        if (!accept("(")) return std::make_unique<Name>(std::move(called));
        std::vector<Tree> arguments;
        while (!accept(")")) {
            if (!arguments.empty()) expect(",");
            arguments.push_back(expression());
        }
        return std::make_unique<Call>(std::move(called), std::move(arguments));
    }

    std::string_view rest;
    Token token;
    int nesting = 0;
};

}  // namespace

int main() {
    std::ios::sync_with_stdio(false);
    Interpreter interpreter;
    std::string line;
    for (unsigned long number = 1; std::getline(std::cin, line); ++number) {
        try {
            if (line.size() > kMaxLine) throw SyntaxError();
            Parser(line).run(interpreter);
        } catch (const Error& error) {
            std::cout << "line " << number << ": " << error.what() << '\n';
        }
    }
}
