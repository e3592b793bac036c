/// reprise-bench-curves: how long an operation on points or in Fp2 takes, next to what a library
/// needs for the same one. Operands come from a buffer larger than the first cache and results go
/// back to it, as with guest memory. Rounds of both alternate; a figure is the median of them.
#include <fmt/format.h>
#include <gmp.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <secp256k1.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "base/destroy.h"
#include "precompile/curve.h"
#include "precompile/fp2.h"

namespace reprise {
namespace {

/// One operation, on the operands with this index.
using Operation = std::function<void(std::size_t)>;

constexpr std::size_t kOperands = 1024;
constexpr int kRounds = 101;

/// Of this thread's time on a processor: others' work counts only as far as it slows this one down.
double now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

double nanoseconds(const Operation& operation) {
    const double start = now();
    for (std::size_t i = 0; i < kOperands; ++i)
        operation(i);
    return (now() - start) / double{kOperands};
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

void print_row(const char* name, const Operation& ours, const char* library,
               const Operation& theirs) {
    std::vector<double> our_times, their_times;
    for (int round = 0; round < kRounds; ++round) {
        our_times.push_back(nanoseconds(ours));
        their_times.push_back(nanoseconds(theirs));
    }
    const double our_time = median(our_times), their_time = median(their_times);
    fmt::print("{:24}{:8.0f}{:10.0f}{:8.2f}  {}\n", name, our_time, their_time,
               our_time / their_time, library);
}

template <class Field>
FieldElement<Field> random_element(std::mt19937_64& random) {
    FieldElement<Field> element;
    do {
        for (std::uint64_t& limb : element)
            limb = random();
        element.back() >>= __builtin_clzll(Field::kModulus.back());
    } while (!field::is_canonical<Field>(element));
    return element;
}

/// Pairs of operands, AffinePoint or Fp2, with coordinates that are as good as any.
template <class Operand, class Field>
std::vector<Operand> random_operands() {
    std::mt19937_64 random(1);
    std::vector<Operand> operands(kOperands + 1);
    for (Operand& operand : operands)
        operand = {random_element<Field>(random), random_element<Field>(random)};
    return operands;
}

/// The formulas over GMP's integers, which are set up once.
template <class Field>
class GmpFormulas {
public:
    static constexpr std::size_t N = Field::kLimbs;
    using Number = FieldElement<Field>;

    GmpFormulas() {
        for (mpz_t* number : {&x1_, &y1_, &x2_, &y2_, &t_, &u_, &p_})
            mpz_init2(*number, 128 * N);
        load(p_, Field::kModulus);
    }
    ~GmpFormulas() {
        for (mpz_t* number : {&x1_, &y1_, &x2_, &y2_, &t_, &u_, &p_})
            mpz_clear(*number);
    }
    GmpFormulas(const GmpFormulas&) = delete;
    GmpFormulas& operator=(const GmpFormulas&) = delete;

    template <class Point>
    void add(Point& p1, const Point& p2) {
        load(p1.x, p1.y, p2.x, p2.y);
        mpz_sub(t_, y2_, y1_);
        mpz_sub(u_, x2_, x1_);
        finish(p1);
    }
    template <class Point>
    void twice(Point& p1) {
        load(p1.x, p1.y, p1.x, p1.y);
        mpz_mul(t_, x1_, x1_);
        mpz_mul_ui(t_, t_, 3);
        mpz_add(u_, y1_, y1_);
        finish(p1);
    }
    void multiply(Fp2<Field>& f1, const Fp2<Field>& f2) {
        load(f1.real, f1.imaginary, f2.real, f2.imaginary);
        mpz_mul(t_, x1_, x2_);
        mpz_submul(t_, y1_, y2_);
        mpz_mul(u_, x1_, y2_);
        mpz_addmul(u_, y1_, x2_);
        store(t_, f1.real);
        store(u_, f1.imaginary);
    }
    void add_fp2(Fp2<Field>& f1, const Fp2<Field>& f2) {
        load(f1.real, f1.imaginary, f2.real, f2.imaginary);
        mpz_add(t_, x1_, x2_);
        mpz_add(u_, y1_, y2_);
        store(t_, f1.real);
        store(u_, f1.imaginary);
    }

private:
    static void load(mpz_t number, const Number& limbs) {
        mpz_import(number, N, -1, 8, 0, 0, limbs.data());
    }
    void load(const Number& x1, const Number& y1, const Number& x2, const Number& y2) {
        load(x1_, x1);
        load(y1_, y1);
        load(x2_, x2);
        load(y2_, y2);
    }
    void store(mpz_t number, Number& limbs) {
        mpz_mod(number, number, p_);
        limbs = {};
        mpz_export(limbs.data(), nullptr, -1, 8, 0, 0, number);
    }
    template <class Point>
    void finish(Point& p1) {
        mpz_invert(u_, u_, p_);
        mpz_mul(t_, t_, u_);
        mpz_mod(t_, t_, p_);
        mpz_mul(u_, t_, t_);
        mpz_sub(u_, u_, x1_);
        mpz_sub(u_, u_, x2_);
        store(u_, p1.x);
        mpz_sub(x1_, x1_, u_);
        mpz_mul(t_, t_, x1_);
        mpz_sub(t_, t_, y1_);
        store(t_, p1.y);
    }

    mpz_t x1_, y1_, x2_, y2_, t_, u_, p_;
};

/// libsecp256k1 adds public keys: points that it stores as two coordinates, with one inversion.
class Secp256k1Library {
public:
    Secp256k1Library() : context_(secp256k1_context_create(SECP256K1_CONTEXT_NONE)) {
        std::mt19937_64 random(2);
        for (secp256k1_pubkey& key : keys_) {
            std::array<unsigned char, 32> secret;
            for (unsigned char& byte : secret)
                byte = static_cast<unsigned char>(random() | 1);
            secret[0] = 0;
            must(secp256k1_ec_pubkey_create(context_, &key, secret.data()));
        }
    }
    ~Secp256k1Library() { secp256k1_context_destroy(context_); }
    Secp256k1Library(const Secp256k1Library&) = delete;
    Secp256k1Library& operator=(const Secp256k1Library&) = delete;

    void combine(std::size_t i, std::size_t j) {
        const secp256k1_pubkey* const keys[] = {&keys_[i], &keys_[j]};
        secp256k1_pubkey sum;
        must(secp256k1_ec_pubkey_combine(context_, &sum, keys, 2));
        keys_[i] = sum;
    }

private:
    static void must(int answer) {
        if (answer != 1) std::abort();
    }

    secp256k1_context* context_;
    std::vector<secp256k1_pubkey> keys_ = std::vector<secp256k1_pubkey>(kOperands + 1);
};

/// OpenSSL on P-256, with results as coordinates.
class OpensslCurve {
public:
    OpensslCurve() {
        std::mt19937_64 random(3);
        for (Point& point : points_) {
            point.reset(EC_POINT_new(group_.get()));
            BN_set_word(x_.get(), random());
            EC_POINT_mul(group_.get(), point.get(), x_.get(), nullptr, nullptr, nullptr);
            EC_POINT_get_affine_coordinates(group_.get(), point.get(), x_.get(), y_.get(), nullptr);
            EC_POINT_set_affine_coordinates(group_.get(), point.get(), x_.get(), y_.get(), nullptr);
        }
    }

    void add(std::size_t i, std::size_t j) {
        EC_POINT_add(group_.get(), sum_.get(), points_[i].get(), points_[j].get(), context_.get());
        EC_POINT_get_affine_coordinates(group_.get(), sum_.get(), x_.get(), y_.get(),
                                        context_.get());
    }
    void twice(std::size_t i) {
        EC_POINT_dbl(group_.get(), sum_.get(), points_[i].get(), context_.get());
        EC_POINT_get_affine_coordinates(group_.get(), sum_.get(), x_.get(), y_.get(),
                                        context_.get());
    }

private:
    using Point = std::unique_ptr<EC_POINT, Destroy<EC_POINT_free>>;
    using Number = std::unique_ptr<BIGNUM, Destroy<BN_free>>;

    std::unique_ptr<EC_GROUP, Destroy<EC_GROUP_free>> group_{
        EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)};
    std::unique_ptr<BN_CTX, Destroy<BN_CTX_free>> context_{BN_CTX_new()};
    Number x_{BN_new()}, y_{BN_new()};
    Point sum_{EC_POINT_new(group_.get())};
    std::vector<Point> points_ = std::vector<Point>(kOperands + 1);
};

template <class Curve>
auto our_sum(std::vector<AffinePoint<Curve>>& points) {
    return [&points](std::size_t i) { add_points(points[i], points[i + 1]); };
}
template <class Curve>
auto our_double(std::vector<AffinePoint<Curve>>& points) {
    return [&points](std::size_t i) { double_point(points[i]); };
}

void measure_secp256k1() {
    auto points = random_operands<AffinePoint<Secp256k1>, Secp256k1Field>();
    Secp256k1Library library;
    print_row("secp256k1 add", our_sum(points), "libsecp256k1, pubkey_combine",
              [&](std::size_t i) { library.combine(i, i + 1); });
    print_row("secp256k1 double", our_double(points), "libsecp256k1, pubkey_combine",
              [&](std::size_t i) { library.combine(i, i); });
}

void measure_secp256r1() {
    auto points = random_operands<AffinePoint<Secp256r1>, Secp256r1Field>();
    OpensslCurve library;
    print_row("secp256r1 add", our_sum(points), "OpenSSL, with affine coordinates",
              [&](std::size_t i) { library.add(i, i + 1); });
    print_row("secp256r1 double", our_double(points), "OpenSSL, with affine coordinates",
              [&](std::size_t i) { library.twice(i); });
}

template <class Curve>
void measure_with_gmp(const std::string& name) {
    using Field = typename Curve::Field;
    auto points = random_operands<AffinePoint<Curve>, Field>();
    auto their_points = points;
    GmpFormulas<Field> gmp;
    print_row((name + " add").c_str(), our_sum(points), "GMP",
              [&](std::size_t i) { gmp.add(their_points[i], their_points[i + 1]); });
    print_row((name + " double").c_str(), our_double(points), "GMP",
              [&](std::size_t i) { gmp.twice(their_points[i]); });

    auto numbers = random_operands<Fp2<Field>, Field>();
    auto their_numbers = numbers;
    print_row((name + " Fp2 add").c_str(),
              [&](std::size_t i) { add_fp2(numbers[i], numbers[i + 1]); }, "GMP",
              [&](std::size_t i) { gmp.add_fp2(their_numbers[i], their_numbers[i + 1]); });
    print_row((name + " Fp2 multiply").c_str(),
              [&](std::size_t i) { multiply_fp2(numbers[i], numbers[i + 1]); }, "GMP",
              [&](std::size_t i) { gmp.multiply(their_numbers[i], their_numbers[i + 1]); });
}

}  // namespace
}  // namespace reprise

int main() {
    fmt::print("{:24}{:>8}{:>10}{:>8}  library\n", "", "ours, ns", "theirs", "ratio");
    reprise::measure_secp256k1();
    reprise::measure_secp256r1();
    reprise::measure_with_gmp<reprise::Bn254>("bn254");
    reprise::measure_with_gmp<reprise::Bls12381>("bls12-381");
}
