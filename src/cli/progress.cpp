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

bool Progress::is_due() {
    constexpr double kInterval = 0.2;
    const double now = seconds_since(start_);
    if (!is_shown_ || now < last_ + kInterval) return false;
    last_ = now;
    is_on_screen_ = true;
    return true;
}

void Progress::show(std::uint64_t steps) {
    if (!is_due()) return;
    const double millions = static_cast<double>(steps) / 1e6;
    say("\rreprise: {} {:.0f} million steps, {:.0f} million a second ", verb_, millions,
        millions / last_);
}

void Progress::show_text(const std::string& text) {
    if (is_due()) say("\rreprise: {}\x1b[K", text);
}

}  // namespace reprise::cli
