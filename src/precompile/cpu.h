/// @file
/// What the processor offers beyond x86-64's first version.
#pragma once

namespace reprise {

/// BMI1 and BMI2: andn, rorx and mulx, which save the moves that the older instructions need.
inline bool has_bmi() {
    return __builtin_cpu_supports("bmi") != 0 && __builtin_cpu_supports("bmi2") != 0;
}

inline bool has_avx2() {
    return __builtin_cpu_supports("avx2") != 0;
}

}  // namespace reprise
