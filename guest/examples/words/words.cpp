/*
 * Counts the words of a text, which are its runs of ASCII letters, whether small or capital: with
 * streams, strings, containers and algorithms of the C++ standard library.
 *
 * Input:  text.
 * Output: a line for each word, "count word", the most frequent first, equal counts by alphabet.
 * Check:  tr -cs 'A-Za-z' '\n' <INPUT | tr A-Z a-z | grep . | sort | uniq -c | sort -k1,1nr -k2
 */
#include <algorithm>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

// Objects, not functions: algorithms inline them.
constexpr auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
constexpr auto to_lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };

using Counts = std::unordered_map<std::string, unsigned long>;

void count_words(std::string_view line, Counts& counts) {
    auto begin = std::find_if(line.begin(), line.end(), is_letter);
    while (begin != line.end()) {
        const auto end = std::find_if_not(begin, line.end(), is_letter);
        std::string word(begin, end);
        std::transform(word.begin(), word.end(), word.begin(), to_lower);
        ++counts[std::move(word)];
        begin = std::find_if(end, line.end(), is_letter);
    }
}

}  // namespace

int main() {
    std::ios::sync_with_stdio(false);
    Counts counts;
    for (std::string line; std::getline(std::cin, line);) count_words(line, counts);

    std::vector<std::pair<std::string, unsigned long>> words(counts.begin(), counts.end());
    std::sort(words.begin(), words.end(), [](const auto& a, const auto& b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    for (const auto& [word, count] : words) std::cout << count << ' ' << word << '\n';
}
