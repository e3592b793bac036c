/*
 * Applies patches to JSON documents (RFC 6902) with nlohmann's JSON for Modern C++, as it comes with
 * Debian: a header that is C++ throughout, with exceptions for what is wrong.
 *
 * Input:  on each line a JSON object with the members "document", any value, and "patch", an array of
 *         operations.
 * Output: for each line the patched document, on one line, members sorted; or "refused", if the line
 *         is no such object or an operation cannot be done.
 * Check:  python3 reference.py jsonpatch <INPUT
 */
#include <iostream>
#include <string>

#include <nlohmann/json.hpp>

using nlohmann::json;

int main() {
    std::ios::sync_with_stdio(false);
    for (std::string line; std::getline(std::cin, line);) {
        try {
            const json request = json::parse(line);
            std::cout << request.at("document").patch(request.at("patch")) << '\n';
        } catch (const json::exception&) {
            std::cout << "refused\n";
        }
    }
}
