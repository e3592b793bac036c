#include <iostream>

extern "C" int answer();

int main() {
    std::cout << "answer " << answer() << std::endl;
}
