#include "report/profile_formats.h"
namespace reprise {
std::string profile_table(const Profile&, std::size_t) {
    return {};
}
std::string profile_folded(const Profile&) {
    return {};
}
std::string profile_pprof(const Profile&) {
    return {};
}
std::string profile_speedscope(const Profile&) {
    return {};
}
std::string profile_html(const Profile&) {
    return {};
}
}  // namespace reprise
