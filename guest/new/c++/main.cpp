// @NAME@: the words of its input, the most frequent ones first.
//
// Standard input is the private input, standard output the public one. main's result is the exit
// code: anything but 0 says that the run failed.
#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

int main() {
    std::map<std::string, unsigned> counts;
    for (std::string word; std::cin >> word;)
        ++counts[word];
    std::vector<std::pair<std::string, unsigned>> words(counts.begin(), counts.end());
    std::ranges::stable_sort(words, std::ranges::greater(), [](const auto& word) { return word.second; });
    for (const auto& [word, count] : words)
        std::cout << count << ' ' << word << '\n';
    return words.empty() ? 1 : 0;  // there is nothing to prove about nothing
}
