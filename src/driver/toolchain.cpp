#include "driver/toolchain.hpp"

#include <fmt/ranges.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "backends/naming.hpp"
#include "driver/generate.hpp"
#include "support/output.hpp"
#include "support/process.hpp"

namespace ntkc::driver {
namespace {

// A file in the folder for temporary files, gone with the value or with a signal.
class Temporary {
 public:
  explicit Temporary(std::string path) : path_(std::move(path)), watched_(path_) {}
  ~Temporary() { ::unlink(path_.c_str()); }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  Unfinished watched_;
};

// The header with a main() that prints every kernel of the samples.
std::string program(const Compilation& c, const plan::Plan& plan, const io::Matrix& x) {
  Diagnostics none;  // errors are about gradients
  std::string text = generate(c, {.backend = "c++", .name_space = "", .standalone = true}, none);
  text += fmt::format(
      "#include <cstdio>\nint main() {{\n  static const double x[] = {{{:a}}};\n  const ntk::ConstMatrixView<double> rows{{x, {}, {}}};\n"
      "  static double k[{}];\n  const {}::Evaluator evaluator;\n",
      fmt::join(x.values, ", "), x.rows, x.columns, x.rows * x.rows, backends::network_name(plan.name));
  for (const auto& output : plan.outputs)
    text += fmt::format(
        "  evaluator.gram(rows, ntk::MatrixView<double>(k, {0}, {0}){1});\n  for (const double v : k) std::printf(\"%.17g\\n\", v);\n",
        x.rows, plan.outputs.size() > 1 ? ", ntk::" + output.name : "");
  return text + "}\n";
}

std::string first_line(const std::string& text) { return text.empty() ? "it says nothing" : text.substr(0, text.find('\n')); }

// The words of the compiler's command; empty if there is none.
std::vector<std::string> compiler(std::string& tried) {
  if (const char* named = std::getenv("CXX"); named && *named) {
    tried = fmt::format("`{}`, which CXX names,", named);
    std::istringstream in(named);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    auto version = words;
    version.emplace_back("--version");
    return !words.empty() && run_program(version) ? words : std::vector<std::string>{};
  }
  tried = "none of c++, g++ and clang++";
  for (const char* name : {"c++", "g++", "clang++"})
    if (const auto ran = run_program({name, "--version"}); ran && ran->status == 0) return {name};
  return {};
}

}  // namespace

std::optional<std::vector<std::vector<double>>> run_generated(const Compilation& c, std::size_t network, const io::Matrix& x,
                                                              Diagnostics& diagnostics) {
  std::string tried;
  std::vector<std::string> command = compiler(tried);
  if (command.empty()) {
    diagnostics.report_global(Code::no_cxx, tried).suggest("install one, for instance `apt install g++`, or name it in CXX");
    return std::nullopt;
  }
  std::error_code ignored;
  std::string name = (std::filesystem::temp_directory_path(ignored) / "ntkc-verify-XXXXXX.cpp").string();
  const int descriptor = ::mkstemps(name.data(), 4);
  if (descriptor < 0) {
    diagnostics.report_global(Code::cannot_write, name, std::strerror(errno));
    return std::nullopt;
  }
  const Temporary source(name), binary(name.substr(0, name.size() - 4));
  const auto failure = write_descriptor(descriptor, program(c, c.plans[network], x));
  ::close(descriptor);
  if (failure) {
    diagnostics.report_global(Code::cannot_write, name, *failure);
    return std::nullopt;
  }
  const std::string spelled = fmt::format("{}", fmt::join(command, " "));
  for (const std::string& word :
       {std::string("-std=c++20"), std::string("-O0"), std::string("-w"), source.path(), std::string("-o"), binary.path()})
    command.push_back(word);
  auto ran = run_program(command);
  if (ran && ran->status == 0) ran = run_program({binary.path()});
  if (!ran || ran->status != 0) {
    diagnostics.report_global(Code::cxx_failed, spelled, ran ? first_line(ran->output) : "what it made cannot be run");
    return std::nullopt;
  }
  std::vector<std::vector<double>> out(c.plans[network].outputs.size());
  const char* at = ran->output.c_str();
  for (auto& values : out)
    for (std::size_t i = 0; i < x.rows * x.rows; ++i) {
      char* end = nullptr;
      values.push_back(std::strtod(at, &end));
      at = end;
    }
  return out;
}

}  // namespace ntkc::driver
