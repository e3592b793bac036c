#include "cli/progress.h"

#include <unistd.h>

#include <utility>

#include "cli/messages.h"

namespace reprise::cli {

Progress::Progress(std::string verb)
    : verb_(std::move(verb)),
      is_shown_(::isatty(STDERR_FILENO) != 0 && ::isatty(STDOUT_FILENO) == 0) {}

Progress::~Progress() {
    constexpr const char* kEraseLine = "\r\x1b[K";
    if (is_on_screen_) say("{}", kEraseLine);
}

void Progress::show(std::uint64_t steps) {
    constexpr double kInterval = 0.2;
    if (!is_shown_) return;
    const double now = seconds_since(start_);
    if (now < last_ + kInterval) return;
    last_ = now;
    is_on_screen_ = true;
    const double millions = static_cast<double>(steps) / 1e6;
    say("\rreprise: {} {:.0f} million steps, {:.0f} million a second ", verb_, millions,
        millions / now);
}

}  // namespace reprise::cli
