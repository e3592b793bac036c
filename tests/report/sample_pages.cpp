/// sample_pages FOLDER: writes the pages that flame_graph_test.py opens.
#include <fstream>
#include <string>

#include "report/profile_formats.h"
#include "report/sample_profile.h"

int main(int argc, char** argv) {
    using namespace reprise;
    if (argc != 2) return 2;
    const std::string folder = argv[1];
    std::ofstream(folder + "/sample.html") << profile_html(testing::sample_profile());
    std::ofstream(folder + "/deep.html") << profile_html(testing::deep_profile(100'000));
    return 0;
}
