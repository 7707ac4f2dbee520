// Units made from IR texts, and a C++ compiler to try what comes out of them.
#pragma once
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "../plan/texts.hpp"
#include "../sanitizers.hpp"
#include "backends/backend.hpp"

namespace ntkc::tests {

// tanh has no closed form: two layers by Hermite series and quadrature, as the passes write it.
inline constexpr const char* kTanh = R"(program tanh_net
  input x [4]
  activation phi = built_in tanh() = tanh(x)
  sample f = input(0)
  sample p = inner(f, f)
  pair k = inner(f, f')
  pair g = gram(f, f')
  sample a = hermite<phi, 0, 128>(p)
  pair nngp = dual_quadrature<phi, phi, 0, 0>(p, p', k, g, a, a')
  pair dot = dual_quadrature<phi, phi, 1, 1>(p, p', k, g, a, a')
  pair t = k * dot
  pair ntk = nngp + t
  output nngp = nngp
  output ntk = ntk
)";

inline backends::Unit unit_of(std::vector<const char*> texts) {
  backends::Unit unit;
  unit.options.stem = "sample";
  unit.options.spec = "sample.ntk";
  unit.options.sha256 = "0123456789abcdef";
  unit.options.version = "1.0.0";
  for (const char* text : texts) unit.networks.push_back({plan::make(ir::parse(text)), {"A note for readers."}});
  return unit;
}

inline std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// A folder for one test's files.
class Workshop {
 public:
  explicit Workshop(const std::string& name) : folder_(std::filesystem::path(NTKC_BINARY_DIR) / "backend_tests" / name) {
    std::filesystem::create_directories(folder_);
  }
  std::string path(const std::string& file) const { return (folder_ / file).string(); }
  void write(const std::string& file, const std::string& text) const { std::ofstream(folder_ / file, std::ios::binary) << text; }

  // Compiles with all warnings as errors; fails the test with the compiler's words if they are not empty.
  bool compile(const std::string& arguments, const std::string& flags = kFlags) const { return compile_by(NTKC_CXX, arguments, flags); }
  bool compile_by(const std::string& compiler, const std::string& arguments, const std::string& flags = kFlags) const {
    const std::string command = "cd '" + folder_.string() + "' && " + compiler + " " + flags + " -O1 -I" + NTKC_SOURCE_DIR + "/include " +
                                arguments + " > log 2>&1";
    const bool good = std::system(command.c_str()) == 0;
    INFO(read(folder_ / "log"));
    CHECK(good);
    return good;
  }
  // What a program prints, as numbers.
  std::vector<double> numbers(const std::string& program) const {
    REQUIRE(std::system(("cd '" + folder_.string() + "' && ./" + program + " > output").c_str()) == 0);
    std::istringstream in(read(folder_ / "output"));
    in.imbue(std::locale::classic());
    std::vector<double> out;
    for (double v; in >> v;) out.push_back(v);
    return out;
  }

 private:
  static constexpr const char* kFlags = "-std=c++20 -Wall -Wextra -Werror";
  // What checks the test checks the programs of the test, too.
  static constexpr const char* kSanitizers = kSanitized ? " -fsanitize=address,undefined -fno-sanitize-recover=all" : "";
  std::filesystem::path folder_;
};

}  // namespace ntkc::tests
