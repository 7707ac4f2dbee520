// The floors of src/README.md, held against the includes: a room includes lower floors only, and never a neighbour.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <string>

namespace fs = std::filesystem;

namespace {

const std::map<std::string, int> kFloor = {{"support", 0},     {"numeric", 0}, {"ast", 1},      {"expr", 1},   {"graph", 1},  {"ir", 1},
                                           {"activations", 2}, {"layers", 3},  {"grammar", 4},  {"sema", 4},   {"lower", 4},  {"passes", 4},
                                           {"reference", 4},   {"plan", 5},    {"backends", 6}, {"engine", 6}, {"finite", 6}, {"format", 6},
                                           {"inference", 6},   {"io", 6},      {"driver", 7},   {"cli", 8}};

// Of one floor, these may look at one another: the graph holds expressions, the IR holds the graph's params and activations.
const std::map<std::string, std::string> kAllowed = {{"graph", "expr"}, {"ir", "graph expr"}, {"support", ""}, {"numeric", ""}};

template <class F>
void each_include(const fs::path& file, F&& f) {
  std::ifstream in(file);
  const std::regex include("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]");
  std::smatch m;
  for (std::string line; std::getline(in, line);)
    if (std::regex_search(line, m, include)) f(m[1].str());
}

template <class F>
void each_source(const fs::path& folder, F&& f) {
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".hpp" || entry.path().extension() == ".cpp" || entry.path().extension() == ".h") f(entry.path());
}

std::string first_folder(const std::string& include) {
  const auto slash = include.find('/');
  return slash == std::string::npos ? "" : include.substr(0, slash);
}

void check_room(const std::string& room, const fs::path& folder) {
  each_source(folder, [&](const fs::path& file) {
    each_include(file, [&](const std::string& include) {
      const std::string other = first_folder(include);
      if (!kFloor.contains(other) || other == room) return;
      const auto allowed = kAllowed.find(room);
      const bool listed = allowed != kAllowed.end() && (" " + allowed->second + " ").find(" " + other + " ") != std::string::npos;
      INFO(file.string(), " includes ", include);
      CHECK((kFloor.at(other) < kFloor.at(room) || listed));
    });
  });
}

}  // namespace

TEST_CASE("rooms include lower floors only") {
  const fs::path root = NTKC_SOURCE_DIR;
  for (const auto& [room, floor] : kFloor) {
    const fs::path folder = room == "grammar" ? root / room : root / "src" / room;
    REQUIRE(fs::exists(folder));
    check_room(room, folder);
  }
}

TEST_CASE("every folder of src is a room") {
  for (const auto& entry : fs::directory_iterator(fs::path(NTKC_SOURCE_DIR) / "src"))
    if (entry.is_directory()) CHECK(kFloor.contains(entry.path().filename().string()));
}

TEST_CASE("the runtime includes the standard library and itself only") {
  each_source(fs::path(NTKC_SOURCE_DIR) / "include/ntk/runtime", [](const fs::path& file) {
    each_include(file, [&](const std::string& include) {
      INFO(file.string(), " includes ", include);
      const bool own = include.starts_with("ntk/runtime") || include.find('/') == std::string::npos;
      CHECK(own);
    });
  });
}

TEST_CASE("Boost.Spirit is seen by the grammar alone") {
  each_source(fs::path(NTKC_SOURCE_DIR) / "src", [](const fs::path& file) {
    each_include(file, [&](const std::string& include) {
      INFO(file.string());
      CHECK_FALSE(include.starts_with("boost/spirit"));
    });
  });
}
