/// @file
/// Objects of C libraries, owned by std::unique_ptr.
#pragma once

namespace reprise {

/// What std::unique_ptr calls: std::unique_ptr<BIGNUM, Destroy<BN_free>>.
/// @tparam destroy  the library's own function for it.
template <auto destroy>
struct Destroy {
    template <class T>
    void operator()(T* object) const {
        destroy(object);
    }
};

}  // namespace reprise
