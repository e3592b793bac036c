/// Guests that do what they must not. Every fault is the same on every engine, in both placements
/// of guest memory: kind, pc, address, step, registers, memory, output and backtrace.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "differential/generator.h"
#include "differential/guest_code.h"
#include "differential/lockstep.h"
#include "differential/random.h"
#include "machine/backtrace.h"
#include "platform/reprise_platform.h"

namespace reprise::testing {
namespace {

using isa::Op;

constexpr std::uint32_t kText = 0x10'0000, kConstants = 0x18'0000, kData = 0x20'0000;
constexpr std::uint64_t kHigh = std::uint64_t{1} << 32;

// What snippets work with; contexts leave these alone. Their own are in saved registers.
constexpr unsigned kA = 10, kB = 11, kC = 12, kD = 13;

/// How a register gets a value: what compilers know of it differs.
enum class Origin : std::uint8_t { constant, loaded, added, scaled };

/// A program being written.
class Scene {
public:
    explicit Scene(Origin origin) : code(program.items), origin_(origin) {
        program.text_address = kText;
        program.data_address = kData;
        program.data.resize(64);
        program.more.push_back({.address = kConstants, .bytes = Bytes(64, 0x55)});
    }

    void set(unsigned reg, std::uint64_t value) {
        switch (origin_) {
            case Origin::constant: code.constant(reg, value); break;
            case Origin::loaded: load(reg, value); break;
            case Origin::added:
                load(reg, value - 24);
                code.i(Op::addi, reg, reg, 24);
                break;
            case Origin::scaled:
                load(kD, value >> 3);
                load(reg, value & 7);
                code.r(Op::sh3add, reg, kD, reg);
                break;
        }
    }

    GuestProgram program;
    CodeWriter code;

private:
    void load(unsigned reg, std::uint64_t value) {
        const auto at = static_cast<std::uint32_t>(program.data.size());
        program.data.resize(at + 8);
        std::memcpy(&program.data[at], &value, sizeof value);
        code.relative_address(reg, kData + at);
        code.i(Op::ld, reg, reg, 0);
    }

    Origin origin_;
};

/// What goes wrong, and what must come of it. Without a kind nothing does: the guest exits.
struct Snippet {
    std::string name;
    std::function<void(Scene&)> write;
    std::optional<FaultKind> kind;
    std::optional<std::uint64_t> address;  ///< of the fault; nothing: its pc
};

// --- Accesses --------------------------------------------------------------------------------

/// The memory map as the platform promises it, for programs as Scene makes them.
bool is_allowed(std::uint64_t address, unsigned size, bool store) {
    const auto byte_is_allowed = [store](std::uint64_t at) {
        if (at >= kText && at < kText + 0x1000) return !store;
        if (at >= kConstants && at < kConstants + 0x1000) return !store;
        if (at >= kData && at < 0xB000'0000) return true;
        if (at >= 0xBF00'0000 && at < 0xC000'0000) return true;
        return at >= 0xC000'0000 && at < 0xFFFF'F000 && !store;
    };
    for (unsigned i = 0; i < size; ++i) {
        if (address + i < address || !byte_is_allowed(address + i)) return false;
    }
    return true;
}

struct Width {
    Op load, store;
    unsigned size;
};
constexpr std::array kWidths = {Width{Op::lbu, Op::sb, 1}, Width{Op::lh, Op::sh, 2},
                                Width{Op::lw, Op::sw, 4}, Width{Op::ld, Op::sd, 8}};

/// Base registers and immediates around everything where something begins or ends.
std::vector<std::pair<std::uint64_t, std::int64_t>> places() {
    std::vector<std::pair<std::uint64_t, std::int64_t>> all;
    const auto around = [&](std::uint64_t address) {
        for (const std::int64_t imm : {0, 4, 2047, -2048}) {
            for (const std::int64_t offset : {-8, -7, -4, -1, 0, 1})
                all.emplace_back(address + static_cast<std::uint64_t>(offset - imm), imm);
        }
    };
    for (const std::uint64_t edge :
         {std::uint64_t{0}, std::uint64_t{0x1'0000}, std::uint64_t{kText},
          std::uint64_t{kText + 0x1000}, std::uint64_t{kConstants + 0x1000}, std::uint64_t{kData},
          std::uint64_t{0x8000'0000}, std::uint64_t{0xB000'0000}, std::uint64_t{0xBF00'0000},
          std::uint64_t{0xC000'0000}, std::uint64_t{0xFFFF'F000}, kHigh,
          std::uint64_t{0x8000'0000'0000'0000}}) {
        around(edge);
    }
    // Good addresses but for the upper half.
    for (const std::uint64_t upper :
         {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{0x7FFF'FFFF},
          std::uint64_t{0x8000'0000}, std::uint64_t{0xFFFF'FFFF}}) {
        for (const std::int64_t imm : {0, 8, -8, 2047, -2048})
            all.emplace_back(upper * kHigh + kData + 0x1000, imm);
    }
    for (unsigned bit = 32; bit < 64; ++bit)
        all.emplace_back(kData + (std::uint64_t{1} << bit), 0);
    all.emplace_back(0 - std::uint64_t{kData}, 0);
    all.emplace_back(~std::uint64_t{0} - 3, 8);  // wraps to 4
    return all;
}

Snippet access_snippet(std::uint64_t base, std::int64_t imm, const Width& width, bool store) {
    const std::uint64_t address = base + static_cast<std::uint64_t>(imm);
    Snippet snippet{
        .name = fmt::format("{} {}({:#x})", isa::info(store ? width.store : width.load).name, imm,
                            base),
        .write =
            [=](Scene& scene) {
                scene.set(kA, base);
                if (store) {
                    scene.code.store(width.store, kB, kA, imm);
                } else {
                    scene.code.i(width.load, kB, kA, imm);
                }
                scene.code.move(kA, kB);  // the base is gone when it is noticed
            },
        .kind = std::nullopt,
        .address = std::nullopt};
    if (!is_allowed(address, width.size, store)) {
        snippet.kind = store ? FaultKind::store_access : FaultKind::load_access;
        snippet.address = address;
    }
    return snippet;
}

/// Each place with one of the eight accesses, another one each time.
/// @param first  which one to begin with.
std::vector<Snippet> accesses(std::size_t first) {
    std::vector<Snippet> all;
    std::size_t index = first;
    for (const auto& [base, imm] : places()) {
        all.push_back(access_snippet(base, imm, kWidths[index / 2 % 4], index % 2 == 0));
        ++index;
    }
    return all;
}

/// Addresses that only become bad by computing with good ones.
std::vector<Snippet> computed_addresses() {
    struct Form {
        const char* name;
        Op op;
        std::uint64_t index;
        std::uint64_t base;
        std::uint64_t address;
    };
    const std::uint64_t good = kData + 0x1000;
    const Form forms[] = {
        {"sh3add over 4 GiB", Op::sh3add, 0x2000'0000, good, good + kHigh},
        {"sh3add with a high index", Op::sh3add, std::uint64_t{1} << 61, good, good},
        {"sh3add.uw over 4 GiB", Op::sh3add_uw, 0xFFFF'FFFF, good, good + 0x7'FFFF'FFF8},
        {"sh1add.uw over 4 GiB", Op::sh1add_uw, 0x8000'0000, good, good + kHigh},
        {"sh3add.uw of garbage", Op::sh3add_uw, kHigh + 1, good, good + 8},
        {"add.uw of garbage", Op::add_uw, 0xFFFF'FFFF'0000'0008, good, good + 8},
        {"add.uw to a high base", Op::add_uw, 8, good + kHigh, good + kHigh + 8},
        {"add beyond 4 GiB", Op::add, 0xFFFF'FFFF, good, good + 0xFFFF'FFFF},
        {"add of negative, wraps to good", Op::add, 0 - std::uint64_t{16}, good, good - 16},
        {"add of 2 high halves, good", Op::add, std::uint64_t{1} << 63,
         good + (std::uint64_t{1} << 63), good},
        {"addw of good to negative", Op::addw, 0x7FFF'FFFF, good, 0xFFFF'FFFF'8000'0000 + good - 1},
        {"sub below zero", Op::sub, good, 0, good},
        {"sub below zero, negative", Op::sub, 0, good, 0 - good},
        {"xor to high", Op::xor_, kHigh, good, good ^ kHigh},
    };
    std::vector<Snippet> all;
    for (const Form& form : forms) {
        for (const bool store : {false, true}) {
            for (const std::int64_t imm : {0, 16}) {
                const std::uint64_t address = form.address + static_cast<std::uint64_t>(imm);
                Snippet snippet{
                    .name = fmt::format("{}{} {:+}", form.name, store ? ", store" : "", imm),
                    .write =
                        [form, store, imm](Scene& scene) {
                            scene.set(kA, form.index);
                            scene.set(kB, form.base);
                            scene.code.r(form.op, kC, kA, kB);
                            scene.code.constant(kA, 1);
                            scene.code.constant(kB, 2);
                            if (store) {
                                scene.code.store(Op::sd, kB, kC, imm);
                            } else {
                                scene.code.i(Op::ld, kB, kC, imm);
                            }
                            scene.code.constant(kC, 3);
                        },
                    .kind = std::nullopt,
                    .address = std::nullopt};
                if (!is_allowed(address, 8, store)) {
                    snippet.kind = store ? FaultKind::store_access : FaultKind::load_access;
                    snippet.address = address;
                }
                all.push_back(std::move(snippet));
            }
        }
    }
    return all;
}

/// Several accesses through one base: what is tested for the first need not be for the next.
std::vector<Snippet> chains() {
    const auto walk = [](std::uint64_t from, std::int64_t step, int count, bool store,
                         std::string name) {
        Snippet snippet{.name = std::move(name),
                        .write =
                            [=](Scene& scene) {
                                scene.set(kA, from);
                                for (int i = 0; i < count; ++i) {
                                    if (store) {
                                        scene.code.store(Op::sd, kB, kA, 0);
                                    } else {
                                        scene.code.i(Op::ld, kB, kA, 0);
                                    }
                                    scene.code.i(Op::addi, kA, kA, step);
                                }
                            },
                        .kind = std::nullopt,
                        .address = std::nullopt};
        std::uint64_t at = from;
        for (int i = 0; i < count; ++i, at += static_cast<std::uint64_t>(step)) {
            if (is_allowed(at, 8, store)) continue;
            snippet.kind = store ? FaultKind::store_access : FaultKind::load_access;
            snippet.address = at;
            break;
        }
        return snippet;
    };
    // From a base that is good to what is mapped, too, but for the upper half of the address.
    const auto leap = [](std::uint64_t from, std::int64_t distance, bool store, std::string name) {
        const std::uint64_t to = from + static_cast<std::uint64_t>(distance);
        return Snippet{.name = std::move(name),
                       .write =
                           [=](Scene& scene) {
                               scene.set(kA, from);
                               scene.code.i(Op::ld, kB, kA, 0);
                               scene.code.i(Op::lui, kD, 0, distance);
                               scene.code.r(Op::add, kC, kD, kA);  // kA + distance, to compilers
                               if (store) {
                                   scene.code.store(Op::sd, kB, kC, 0);
                               } else {
                                   scene.code.i(Op::ld, kB, kC, 0);
                               }
                           },
                       .kind = store ? FaultKind::store_access : FaultKind::load_access,
                       .address = to};
    };
    return {
        leap(0xFFFF'E000, 0x20'3000, false, "leap over 4 GiB"),
        leap(0xFFFF'E000, 0x20'3000, true, "leap over 4 GiB, store"),
        leap(0xFFFF'E000, 0x7FFF'F000, false, "leap far over 4 GiB"),
        leap(kData, -0x40'0000, false, "leap below 0"),
        leap(kData, -0x7000'0000, true, "leap far below 0, store"),
        walk(0xFFFF'F000 - 8 * 2040, 2040, 100, false, "up over 4 GiB"),
        walk(0xFFFF'F000 - 2040, 2040, 40, false, "up over 4 GiB at once"),
        walk(0x1'0000 + 2048, -2048, 100, true, "down below 0"),
        walk(kData + 2048, -2048, 4, true, "down out of data"),
        walk(0xB000'0000 - 4096, 2047, 8, true, "up out of mmap"),
        walk(0xC000'0000 - 64, 8, 16, true, "up into the input"),
        walk(kData + kHigh, 8, 4, true, "high from the start"),
        walk(kData, 8, 200, true, "nothing wrong"),
    };
}

// --- Atomics ---------------------------------------------------------------------------------

std::vector<Snippet> atomics() {
    std::vector<Snippet> all;
    const auto add = [&](std::string name, std::uint64_t address, std::optional<FaultKind> kind,
                         std::function<void(CodeWriter&)> write) {
        all.push_back({.name = fmt::format("{} at {:#x}", name, address),
                       .write =
                           [=](Scene& scene) {
                               scene.set(kA, address);
                               write(scene.code);
                           },
                       .kind = kind,
                       .address = kind ? std::optional(address) : std::nullopt});
    };
    const auto op = [](Op which) {
        return [which](CodeWriter& code) { code.r(which, kB, kA, kC); };
    };
    const auto pair = [](Op reserve, Op store) {
        return [reserve, store](CodeWriter& code) {
            code.r(reserve, kB, kA, 0);
            code.r(store, kB, kA, kC);
        };
    };
    constexpr auto kLoad = FaultKind::load_access, kStore = FaultKind::store_access,
                   kMisaligned = FaultKind::misaligned_atomic;
    for (const std::uint64_t offset : {1U, 2U, 3U, 4U, 5U, 6U, 7U}) {
        const auto d = std::optional(kMisaligned);
        const auto w = offset % 4 == 0 ? std::nullopt : d;
        add("lr.w", kData + offset, w, op(Op::lr_w));
        add("lr.d", kData + offset, d, op(Op::lr_d));
        add("sc.w", kData + offset, w, op(Op::sc_w));
        add("sc.d", kData + offset, d, op(Op::sc_d));
        add("amoadd.w", kData + offset, w, op(Op::amoadd_w));
        add("amomaxu.d", kData + offset, d, op(Op::amomaxu_d));
        add("amoswap.d", offset, d, op(Op::amoswap_d));  // misaligned before unmapped
    }
    for (const std::uint64_t address :
         {std::uint64_t{0}, std::uint64_t{kData} + kHigh, std::uint64_t{1} << 63,
          std::uint64_t{0xB000'0000}, 0 - std::uint64_t{8}}) {
        add("lr.w", address, kLoad, op(Op::lr_w));
        add("lr.d", address, kLoad, op(Op::lr_d));
        add("sc.d without lr", address, std::nullopt, op(Op::sc_d));
        add("amoxor.w", address, kStore, op(Op::amoxor_w));
        add("amomin.d", address, kStore, op(Op::amomin_d));
        add("amoswap.w", address, kStore, op(Op::amoswap_w));
    }
    for (const std::uint64_t address :
         {std::uint64_t{kText}, std::uint64_t{kConstants}, ReprisePlatform::kInput}) {
        add("amoadd.d", address, kStore, op(Op::amoadd_d));
        add("amoor.w", address, kStore, op(Op::amoor_w));
        add("lr.d", address, std::nullopt, op(Op::lr_d));
        add("lr.d, sc.d", address, kStore, pair(Op::lr_d, Op::sc_d));
        add("lr.w, sc.w", address, kStore, pair(Op::lr_w, Op::sc_w));
        add("sc.w without lr", address, std::nullopt, op(Op::sc_w));
    }
    return all;
}

// --- Control ---------------------------------------------------------------------------------

std::vector<Snippet> jumps() {
    std::vector<Snippet> all;
    for (const std::uint64_t target :
         {std::uint64_t{0}, std::uint64_t{2}, std::uint64_t{kText} - 2, std::uint64_t{kData},
          std::uint64_t{kConstants}, kText + kHigh, std::uint64_t{kText} + (std::uint64_t{1} << 63),
          kText | 0xFFFF'FFFF'0000'0000, ~std::uint64_t{1}, std::uint64_t{0x8000'0000},
          std::uint64_t{0xC000'0000}, std::uint64_t{0xFFFF'FFFE}, 0 - std::uint64_t{kText},
          std::uint64_t{kText} + 0x1000, std::uint64_t{1} << 32}) {
        for (const unsigned link : {0U, 1U, kA}) {
            for (const std::int64_t imm : {0, 1, 2046, -2048}) {  // bit 0 is ignored
                all.push_back(
                    {.name = fmt::format("jalr to {:#x}, link x{}, {:+}", target, link, imm),
                     .write =
                         [=](Scene& scene) {
                             scene.set(
                                 kA, target - static_cast<std::uint64_t>(imm) + (imm == 1 ? 1 : 0));
                             scene.code.i(Op::jalr, link, kA, imm);
                         },
                     .kind = FaultKind::jump_outside_text,
                     .address = target});
            }
        }
    }
    const auto direct = [&](std::string name, std::int64_t distance,
                            std::function<void(CodeWriter&, Label)> write) {
        all.push_back({.name = std::move(name),
                       .write =
                           [=](Scene& scene) {
                               // To a label and from there out of text: the distance is from kText.
                               const Label start = scene.code.new_label();
                               scene.program.items.insert(
                                   scene.program.items.begin(),
                                   Item{.kind = Item::Kind::label, .label = start});
                               write(scene.code, start);
                           },
                       .kind = FaultKind::jump_outside_text,
                       .address = kText + static_cast<std::uint64_t>(distance)});
    };
    for (const std::int64_t distance : {-2, -4, -2048, 0x8'0000}) {
        direct(fmt::format("jal {:+}", distance), distance,
               [=](CodeWriter& code, Label start) { code.jal(1, start, distance); });
        direct(fmt::format("branch {:+}", distance), distance, [=](CodeWriter& code, Label start) {
            code.branch(Op::bgeu, kA, 0, start, distance);
        });
    }
    return all;
}

std::vector<Snippet> system_instructions() {
    std::vector<Snippet> all;
    const auto raw = [&](std::uint32_t bits, std::uint8_t length, FaultKind kind) {
        const bool has_bits =
            kind == FaultKind::illegal_instruction || kind == FaultKind::unsupported_instruction;
        all.push_back({.name = fmt::format("{:#x}", bits),
                       .write = [=](Scene& scene) { scene.code.raw(bits, length); },
                       .kind = kind,
                       .address = has_bits && kind == FaultKind::illegal_instruction
                                      ? std::optional<std::uint64_t>(bits)
                                      : std::nullopt});
    };
    constexpr auto kIllegal = FaultKind::illegal_instruction;
    for (const std::uint32_t bits : {
             0xFFFF'FFFFU,  // all ones
             0x0000'001FU,  // 48 bits long
             0x0000'007FU,  // longer
             0x0200'501BU,  // srliw by 32
             0x0200'101BU,  // slliw by 32
             0x0000'7003U,  // load of 16 bytes
             0x0000'4023U,  // store of 16 bytes
             0x0000'2063U,  // a branch that is none
             0x0000'1067U,  // jalr with funct3 1
             0x0000'4073U,  // a CSR instruction that is none
             0x3020'0073U,  // mret
             0x1050'0073U,  // wfi
             0x0400'0033U,  // add with another funct7
             0x6030'1013U,  // clz that is none
             0x2810'202FU,  // lr.w is 0x10, this is 0x28
             0x1010'202FU,  // lr.w with rs2
             0x0000'000BU,  // custom-0
         }) {
        raw(bits, 4, kIllegal);
    }
    for (const std::uint32_t bits : {
             0x0000U,  // defined illegal
             0x0004U,  // c.addi4spn of 0 to s1
             0x2001U,  // c.addiw x0
             0x6081U,  // c.lui of 0
             0x6101U,  // c.addi16sp of 0
             0x9C41U,  // reserved
             0x4002U,  // c.lwsp x0
             0x8002U,  // c.jr x0
             0x8000U,  // reserved
         }) {
        raw(bits, 2, kIllegal);
    }
    raw(0x0010'0073, 4, FaultKind::breakpoint);
    raw(0x9002, 2, FaultKind::breakpoint);
    raw(0x0000'2007, 4, FaultKind::unsupported_instruction);  // flw
    raw(0x0200'0053, 4, FaultKind::unsupported_instruction);  // fadd.d
    raw(0x2000, 2, FaultKind::unsupported_instruction);       // c.fld

    for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1000},
                                       ~std::uint64_t{0}, kHigh + 93, std::uint64_t{1} << 63}) {
        all.push_back({.name = fmt::format("ecall {:#x}", number),
                       .write =
                           [=](Scene& scene) {
                               scene.set(17, number);
                               scene.code.ecall();
                           },
                       .kind = FaultKind::unknown_ecall,
                       .address = number});
    }
    const auto csr = [&](Op op, unsigned rs1, std::uint32_t number, bool faults) {
        all.push_back({.name = fmt::format("{} {:#x}, {}", isa::info(op).name, number, rs1),
                       .write =
                           [=](Scene& scene) {
                               scene.code.i(op, kB, rs1, static_cast<std::int32_t>(number));
                               scene.code.constant(kB, 0);  // counts differ by context
                           },
                       .kind = faults ? std::optional(FaultKind::unknown_csr) : std::nullopt,
                       .address = faults ? std::optional<std::uint64_t>(number) : std::nullopt});
    };
    for (const std::uint32_t number : {0xC00U, 0xC02U}) {
        csr(Op::csrrs, 0, number, false);
        csr(Op::csrrc, 0, number, false);
        csr(Op::csrrsi, 0, number, false);
        csr(Op::csrrci, 0, number, false);
        csr(Op::csrrw, 0, number, true);
        csr(Op::csrrw, kA, number, true);
        csr(Op::csrrs, kA, number, true);
        csr(Op::csrrc, kA, number, true);
        csr(Op::csrrwi, 0, number, true);
        csr(Op::csrrsi, 1, number, true);
        csr(Op::csrrci, 31, number, true);
    }
    for (const std::uint32_t number : {0x001U, 0x003U, 0x300U, 0xC80U, 0xFFFU, 0x800U})
        csr(Op::csrrs, 0, number, true);
    return all;
}

// --- Contexts --------------------------------------------------------------------------------

/// Around a snippet: what came before, and what would come after.
struct Context {
    const char* name;
    void (*write)(Scene& scene, const std::function<void()>& snippet);
    unsigned one_in;         ///< for slow ones: of how many snippets one is enough
    std::size_t output = 0;  ///< bytes written before
    std::size_t frames = 1;  ///< of the backtrace
};

void plain(Scene& scene, const std::function<void()>& snippet) {
    snippet();
    scene.code.exit(7);
}

/// In the middle of a block, with values still to be computed and others changed after.
void long_block(Scene& scene, const std::function<void()>& snippet) {
    const auto fill = [&](int count) {
        for (int i = 0; i < count; ++i) {
            scene.code.r(Op::sh1add, 8, 9, 8);
            scene.code.i(Op::addi, 9, 8, i);
            scene.code.i(Op::addiw, 18, 9, 1);
            scene.code.store(Op::sd, 18, 19, 8 * (i % 8));
        }
    };
    scene.code.constant(19, kData);
    fill(20);
    snippet();
    fill(20);
    scene.code.exit(7);
}

void count_down(Scene& scene, std::uint64_t times) {
    scene.code.constant(8, times);
    const Label head = scene.code.here();
    scene.code.i(Op::addi, 8, 8, -1);
    scene.code.branch(Op::bne, 8, 0, head);
}

/// In the last turn of a loop.
void last_turn(Scene& scene, const std::function<void()>& snippet) {
    scene.code.constant(8, 3000);
    const Label head = scene.code.here(), skip = scene.code.new_label();
    scene.code.i(Op::addi, 8, 8, -1);
    scene.code.branch(Op::bne, 8, 0, skip);
    snippet();
    scene.code.bind(skip);
    scene.code.branch(Op::bne, 8, 0, head);
    scene.code.exit(7);
}

/// After more steps than compiled code runs at a time, with output on the way: so everything up to
/// there is run twice, and written once.
void much_later(Scene& scene, const std::function<void()>& snippet) {
    scene.code.write(1, kConstants, 40);
    count_down(scene, 2'200'000);
    scene.code.write(2, kConstants, 20);
    count_down(scene, 1000);
    snippet();
    scene.code.exit(7);
}

/// Two calls down, with frames as compilers make them.
void called(Scene& scene, const std::function<void()>& snippet) {
    const Label outer = scene.code.new_label(), inner = scene.code.new_label();
    scene.code.jal(1, outer);
    scene.code.exit(7);
    for (const auto& [label, callee] : {std::pair{outer, inner}, std::pair{inner, kNoLabel}}) {
        scene.code.bind(label);
        scene.code.i(Op::addi, 2, 2, -32);
        scene.code.store(Op::sd, 1, 2, 24);
        if (callee != kNoLabel) {
            scene.code.jal(1, callee);
        } else {
            snippet();
        }
        scene.code.i(Op::ld, 1, 2, 24);
        scene.code.i(Op::addi, 2, 2, 32);
        scene.code.i(Op::jalr, 0, 1, 0);
    }
}

/// How parameters are called where tests are listed: what gtest would print are their bytes,
/// pointers among them.
void PrintTo(const Context& context, std::ostream* out) {
    *out << context.name;
}

constexpr const char* kOriginNames[] = {"Constant", "Loaded", "Added", "Scaled"};
void PrintTo(Origin origin, std::ostream* out) {
    *out << kOriginNames[static_cast<int>(origin)];
}

constexpr Context kContexts[] = {
    {.name = "Plain", .write = plain, .one_in = 1},
    {.name = "LongBlock", .write = long_block, .one_in = 1},
    {.name = "LastTurn", .write = last_turn, .one_in = 3},
    {.name = "MuchLater", .write = much_later, .one_in = 40, .output = 60},
    {.name = "Called", .write = called, .one_in = 3, .frames = 3},
};

// --- Comparing -------------------------------------------------------------------------------

std::shared_ptr<const Program> load(const GuestProgram& program) {
    return std::make_shared<const Program>(Program::from_elf(make_elf(program), "hostile"));
}

constexpr std::uint64_t kLimit = 20'000'000;

/// Runs a program to its end everywhere; returns what the interpreter says.
struct Outcome {
    Stop stop;
    Bytes output;
    std::vector<std::uint64_t> frames;
};
Outcome expect_same_everywhere(const GuestProgram& guest) {
    const auto program = load(guest);
    Runner interpreted(program, {}, Runner::Kind::interpreted, Memory::Placement::anywhere);
    const Stop expected = interpreted.run(kLimit);
    const auto trace = [](Runner& runner) {
        return backtrace(runner.machine().program(), runner.machine().state,
                         runner.machine().memory());
    };
    for (const auto placement : {Memory::Placement::low, Memory::Placement::anywhere}) {
        Runner compiled(program, {}, Runner::Kind::compiled, placement);
        const Stop got = compiled.run(kLimit);
        EXPECT_EQ(compare_all(interpreted, expected, compiled, got), "") << list(guest);
        EXPECT_EQ(trace(interpreted), trace(compiled));
    }
    return {.stop = expected, .output = interpreted.output(), .frames = trace(interpreted)};
}

void expect_fault(const Snippet& snippet, const Context& context, Origin origin) {
    SCOPED_TRACE(
        fmt::format("{}, {}, origin {}", snippet.name, context.name, static_cast<int>(origin)));
    Scene scene(origin);
    context.write(scene, [&] { snippet.write(scene); });
    const Outcome outcome = expect_same_everywhere(scene.program);
    EXPECT_EQ(outcome.output.size(), context.output);
    if (!snippet.kind) {
        EXPECT_EQ(outcome.stop.kind, Stop::Kind::exited);
        EXPECT_EQ(outcome.stop.exit_code, 7);
        return;
    }
    ASSERT_EQ(outcome.stop.kind, Stop::Kind::faulted);
    const Fault& fault = outcome.stop.fault;
    EXPECT_EQ(name_of(fault.kind), name_of(*snippet.kind));
    EXPECT_EQ(fault.address, snippet.address.value_or(fault.pc));
    EXPECT_EQ(outcome.frames.front(), fault.pc);
    if (fault.kind != FaultKind::jump_outside_text) {
        EXPECT_EQ(outcome.frames.size(), context.frames);
    }
}

class Hostile : public ::testing::TestWithParam<std::tuple<Context, Origin>> {
protected:
    void expect_faults(const std::vector<Snippet>& snippets) {
        const auto& [context, origin] = GetParam();
        for (std::size_t i = static_cast<std::size_t>(origin); i < snippets.size();
             i += context.one_in) {
            expect_fault(snippets[i], context, origin);
            if (HasFailure()) break;
        }
    }
};

TEST_P(Hostile, Accesses) {
    expect_faults(accesses(static_cast<std::size_t>(std::get<Origin>(GetParam()))));
}
TEST_P(Hostile, ComputedAddresses) {
    expect_faults(computed_addresses());
}
TEST_P(Hostile, Chains) {
    expect_faults(chains());
}
TEST_P(Hostile, Atomics) {
    expect_faults(atomics());
}
TEST_P(Hostile, Jumps) {
    expect_faults(jumps());
}
TEST_P(Hostile, SystemInstructions) {
    expect_faults(system_instructions());
}

std::string name_of_parameter(const ::testing::TestParamInfo<Hostile::ParamType>& parameter) {
    const auto& [context, origin] = parameter.param;
    return fmt::format("{}{}", context.name, kOriginNames[static_cast<int>(origin)]);
}

INSTANTIATE_TEST_SUITE_P(Everywhere, Hostile,
                         ::testing::Combine(::testing::ValuesIn(kContexts),
                                            ::testing::Values(Origin::constant, Origin::loaded,
                                                              Origin::added, Origin::scaled)),
                         name_of_parameter);

// --- Single ones -----------------------------------------------------------------------------

TEST(HostileText, RunsOffItsEnd) {
    for (const bool compressed : {false, true}) {
        Scene scene(Origin::constant);
        scene.code.set_compressed(compressed);
        for (int i = 0; i < 300; ++i)
            scene.code.i(Op::addi, 8, 8, 1);
        const Stop stop = expect_same_everywhere(scene.program).stop;
        EXPECT_EQ(stop.fault.kind, FaultKind::jump_outside_text);
        EXPECT_EQ(stop.fault.pc, kText + (compressed ? 600 : 1200));
        EXPECT_EQ(stop.fault.step, 300);
    }
}

/// Text at the lowest address, and a jump to below zero.
TEST(HostileText, JumpsBelowZero) {
    for (const Op op : {Op::jal, Op::bgeu}) {
        Scene scene(Origin::constant);
        scene.program.text_address = 0x1'0000;
        constexpr std::int32_t kDistance = -0x2'0000;
        if (op == Op::jal) {
            scene.code.emit({.op = op, .rd = 1, .imm = kDistance});
        } else {  // no branch reaches: over a jal that does
            scene.code.emit({.op = Op::bltu, .rs1 = 8, .rs2 = 0, .imm = 8});
            scene.code.emit({.op = Op::jal, .imm = kDistance});
        }
        const Stop stop = expect_same_everywhere(scene.program).stop;
        EXPECT_EQ(stop.fault.kind, FaultKind::jump_outside_text);
        EXPECT_EQ(stop.fault.pc,
                  0x1'0000 + static_cast<std::int64_t>(kDistance) + (op == Op::jal ? 0 : 4));
    }
}

/// The last instruction has only its first half.
TEST(HostileText, EndsInTheMiddleOfAnInstruction) {
    Scene scene(Origin::constant);
    scene.code.i(Op::addi, 8, 8, 1);
    scene.code.raw(0x0013, 2);
    const Stop stop = expect_same_everywhere(scene.program).stop;
    EXPECT_EQ(stop.fault.kind, FaultKind::illegal_instruction);
    EXPECT_EQ(stop.fault.pc, kText + 4);
    EXPECT_EQ(stop.fault.address, 0x0013);
}

/// The second half of an instruction is another one: no fault.
TEST(HostileText, JumpsIntoTheMiddleOfInstructions) {
    Scene scene(Origin::constant);
    const Label outer = scene.code.new_label(), last = scene.code.new_label();
    scene.code.constant(8, 1);
    scene.code.address_of(9, outer, 2);
    scene.code.i(Op::jalr, 0, 9, 0);
    scene.code.bind(outer);
    scene.code.raw(0x0409'0037, 4);  // lui x0; its upper half: c.addi s0, 2
    scene.code.jal(0, last, 2);
    scene.code.bind(last);
    scene.code.raw(0x0411'0037, 4);  // c.addi s0, 4
    scene.code.move(reg::a0, 8);
    scene.code.constant(reg::a7, 93);
    scene.code.ecall();
    EXPECT_EQ(expect_same_everywhere(scene.program).stop.exit_code, 7);
}

TEST(HostileText, RecursesUntilTheStackIsFull) {
    Scene scene(Origin::constant);
    const Label function = scene.code.new_label();
    scene.code.jal(1, function);
    scene.code.exit(7);
    scene.code.bind(function);
    scene.code.i(Op::addi, 2, 2, -16);
    scene.code.store(Op::sd, 1, 2, 8);
    scene.code.jal(1, function);
    scene.code.i(Op::ld, 1, 2, 8);
    scene.code.i(Op::addi, 2, 2, 16);
    scene.code.i(Op::jalr, 0, 1, 0);
    const Outcome outcome = expect_same_everywhere(scene.program);
    EXPECT_EQ(outcome.stop.fault.kind, FaultKind::store_access);
    EXPECT_EQ(outcome.stop.fault.address, ReprisePlatform::kStack - 8);
    EXPECT_EQ(outcome.frames.size(), 64);
}

/// Steps are exact however a run is cut, and a fault is the same after any cut.
TEST(HostileSteps, AreExactUpToTheFault) {
    Scene scene(Origin::loaded);
    last_turn(scene, [&] { access_snippet(kData + kHigh, 0, kWidths[3], true).write(scene); });
    const auto program = load(scene.program);
    Runner whole(program, {}, Runner::Kind::interpreted, Memory::Placement::anywhere);
    const Stop expected = whole.run(kLimit);
    ASSERT_EQ(expected.kind, Stop::Kind::faulted);
    const std::uint64_t end = expected.fault.step;
    Random random(1);
    for (int i = 0; i < 200; ++i) {
        const std::uint64_t first = random.below(end + 1), second = first + random.below(2000);
        Runner compiled(program, {}, Runner::Kind::compiled, Memory::Placement::low);
        Stop stop = compiled.run(first);
        EXPECT_EQ(stop.kind, Stop::Kind::step_limit);
        EXPECT_EQ(compiled.machine().state.step, first);
        stop = compiled.run(second);
        EXPECT_EQ(compiled.machine().state.step, std::min(second, end));
        if (second <= end) {
            EXPECT_EQ(stop.kind, Stop::Kind::step_limit);
            stop = compiled.run(kLimit);
        }
        EXPECT_EQ(compare_all(whole, expected, compiled, stop), "") << first << ", " << second;
    }
}

/// Registers that point at something, then bytes: random ones, or random instructions.
GuestProgram random_text(std::uint64_t seed) {
    Random random(seed);
    Scene scene(Origin::constant);
    scene.program.text_address = random.pick({kText, 0x1'0000U, 0x8000'0000U});
    const std::uint64_t text = scene.program.text_address;
    scene.program.data_address = random.pick({0x20'0000U, 0x8800'0000U});
    scene.program.data.resize(4096);
    for (std::uint8_t& byte : scene.program.data)
        byte = static_cast<std::uint8_t>(random.bits());
    for (unsigned reg = 1; reg < 32; ++reg) {
        const std::uint64_t value = random.pick<std::uint64_t>(
            {scene.program.data_address + random.below(4096), text + random.below(512),
             random.edge_value(), random.below(300), ReprisePlatform::kStackEnd - 4096});
        if (random.chance(90)) scene.code.constant(reg, value);
    }
    const unsigned percent_valid = random.pick({0U, 50U, 95U, 100U});
    const std::size_t end = scene.code.size() + 20 + random.below(500);
    while (scene.code.size() < end) {
        const auto bits = static_cast<std::uint32_t>(random.bits());
        if (random.chance(percent_valid)) {
            const isa::Info& row = isa::kInfo[1 + random.below(isa::kInfo.size() - 1)];
            const bool dull = row.kind == isa::Class::floating || row.kind == isa::Class::system ||
                              row.kind == isa::Class::csr;
            if (dull && !random.chance(5)) continue;
            scene.code.raw((bits & ~row.mask) | row.match, 4);
        } else {
            scene.code.raw(bits, random.chance(50) ? 2 : 4);
        }
    }
    return scene.program;
}

class RandomText : public ::testing::TestWithParam<unsigned> {};

TEST_P(RandomText, RunsTheSameEverywhere) {
    constexpr std::uint64_t kSeeds = 1000, kSteps = 20'000;
    std::uint64_t steps = 0, faults = 0;
    for (std::uint64_t seed = GetParam() * kSeeds; seed < (GetParam() + 1) * kSeeds; ++seed) {
        SCOPED_TRACE(seed);
        const GuestProgram guest = random_text(seed);
        for (const auto placement : {Memory::Placement::low, Memory::Placement::anywhere}) {
            const LockstepResult result = run_in_lockstep(
                load(guest), {},
                {.every = seed % 2 == 0 ? kSteps : 1009, .limit = kSteps, .placement = placement});
            ASSERT_EQ(result.difference, "") << list(guest);
            steps += result.steps;
            faults += result.stop.kind == Stop::Kind::faulted ? 1 : 0;
        }
    }
    fmt::print("{} instructions compared, {} runs faulted\n", steps, faults);
}
INSTANTIATE_TEST_SUITE_P(Seeds, RandomText, ::testing::Range(0U, 4U));

/// Jumps to where no jump is expected: into blocks that go on with what is known of the only block
/// before them, into the middle of blocks, loops and instructions.
class RandomEntry : public ::testing::TestWithParam<unsigned> {};

TEST_P(RandomEntry, RunsTheSameEverywhere) {
    constexpr std::uint64_t kSeeds = 150, kSteps = 30'000;
    std::uint64_t steps = 0, faults = 0;
    for (std::uint64_t seed = GetParam() * kSeeds; seed < (GetParam() + 1) * kSeeds; ++seed) {
        SCOPED_TRACE(seed);
        Random random(seed);
        GuestProgram guest = generate(
            seed, {.size = static_cast<std::uint32_t>(100 + random.below(400)), .wild = true});
        // Each jump is taken once: through a pointer in memory that then leads behind the jump.
        constexpr unsigned kJumps = 6;
        Label label = 0;
        for (const Item& item : guest.items) {
            if (item.label != kNoLabel) label = std::max(label, item.label + 1);
        }
        for (unsigned i = 0; i < kJumps; ++i) {
            const auto anywhere = [&] {
                return guest.items.begin() +
                       static_cast<std::ptrdiff_t>(random.below(guest.items.size()));
            };
            const Label to = label++, behind = label++;
            guest.items.insert(anywhere(), {.kind = Item::Kind::label, .label = to});
            std::vector<Item> items;
            CodeWriter code(items);
            const unsigned at = random.pick({5U, 6U, 7U, 15U, 28U, 31U}),
                           target = at == 5 ? 6 : at - 1;
            const std::uint64_t pointer = guest.data_address + guest.data.size();
            guest.data.resize(guest.data.size() + 8);
            guest.pointers.push_back(
                {.at = guest.data.size() - 8, .label = to, .mask = 0x5555'5555});
            code.constant(at, pointer);
            code.i(Op::ld, target, at, 0);
            code.store(Op::sd, 0, at, 0);
            items.push_back(
                {.in = {.op = Op::beq, .rs1 = static_cast<std::uint8_t>(target)}, .label = behind});
            code.constant(at, 0x5555'5555);
            code.r(Op::xor_, target, target, at);
            code.i(Op::jalr, random.pick({0U, 1U, target}), target,
                   random.pick({0, 0, 2, 4, 8, -2, -4}));
            items.push_back({.kind = Item::Kind::label, .label = behind});
            guest.items.insert(anywhere(), items.begin(), items.end());
        }
        for (const auto placement : {Memory::Placement::low, Memory::Placement::anywhere}) {
            const LockstepResult result = run_in_lockstep(
                load(guest), {},
                {.every = seed % 2 == 0 ? kSteps : 1999, .limit = kSteps, .placement = placement});
            ASSERT_EQ(result.difference, "") << list(guest);
            steps += result.steps;
            faults += result.stop.kind == Stop::Kind::faulted ? 1 : 0;
        }
    }
    fmt::print("{} instructions compared, {} runs faulted\n", steps, faults);
}
INSTANTIATE_TEST_SUITE_P(Seeds, RandomEntry, ::testing::Range(0U, 4U));

}  // namespace
}  // namespace reprise::testing
