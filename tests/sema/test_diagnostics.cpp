// Every diagnostic of names, types, shapes and meaning has its example, and the golden files of tests/diagnostics hold places, notes and
// help. NTKC_UPDATE_GOLDEN=1 writes them anew.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "support.hpp"

namespace {

using namespace ntkc;

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string text_example(std::string text) {  // some examples stand for a longer text
  if (text.find("and so on") == std::string::npos) return text;
  text = "ntk 1\nblock b0 { dense; dense }\n";
  for (int i = 1; i < 30; ++i) text += fmt::format("block b{} {{ b{}; b{} }}\n", i, i - 1, i - 1);
  return text + "network n { input x: [4]; b29 }";
}

}  // namespace

TEST_CASE("the example of every diagnostic produces it") {
  for (const CodeInfo& code : all_codes()) {
    const auto number = static_cast<unsigned>(code.code);
    if (number < 2000 || number >= 5200 || code.example.starts_with("ntkc")) continue;
    CAPTURE(code.name);
    test::Analysis a;
    analyze(a, text_example(std::string(code.example)), {}, {},
            {{"mlp.ntk", "ntk 1\nblock two { dense; dense }"}, {"my-blocks.ntk", "ntk 1\nblock two { dense; dense }"}});
    const std::string said = report(a);
    CAPTURE(said);
    CHECK(a.count(code.code) == 1);
    if (code.severity == Severity::error) CHECK(a.graph.networks.empty());
    const auto errors = std::ranges::count(a.diagnostics.all(), Severity::error, &Diagnostic::severity);
    const bool library = code.example.find("network") == std::string_view::npos;  // then there is no network as well
    CHECK(errors <= 1 + (library && code.code != Code::no_network));
  }
}

TEST_CASE("diagnostics about what comes from outside") {
  const std::string spec =
      "ntk 1\nparam sigma_w = 1 in [0, 2]\nconst size = 3\nnetwork mlp { input x: [4]; dense(sigma_w = sigma_w, width = size) }";
  const auto said = [&](std::vector<std::string> define, sema::Options options, Code code) {
    test::Analysis a;
    analyze(a, spec, define, options);
    const std::string text = report(a);
    CAPTURE(text);
    CHECK(a.count(code) == 1);
  };
  said({"sigma=2"}, {}, Code::unknown_override);
  said({"size=2"}, {}, Code::override_of_const);
  said({"sigma_w=3"}, {}, Code::param_out_of_range);
  said({}, {.overrides = {}, .network = "cnn", .fold = {}}, Code::unknown_network);
  said({}, {.overrides = {}, .network = "", .fold = {"sigma"}}, Code::unknown_fold);
}

TEST_CASE("blocks that no network uses are checked as far as no user can mend them") {
  const std::string network = "\nnetwork n { input x: [4]; dense }";
  const auto said = [&](const std::string& blocks) {
    test::Analysis a;
    analyze(a, "ntk 1\n" + blocks + network);
    std::vector<Code> codes;
    for (const Diagnostic& d : a.diagnostics.all()) codes.push_back(d.code);
    return codes;
  };
  using Codes = std::vector<Code>;
  CHECK(said("block b { dens }") == Codes{Code::unknown_layer});
  CHECK(said("block b { dense(rate = 1) }") == Codes{Code::unknown_argument});
  CHECK(said("block b { dense(sigma_w = nothing) }") == Codes{Code::unknown_value});
  CHECK(said("block b(s = nothing) { relu }") == Codes{Code::unknown_value});
  CHECK(said("block b { sum { branch from nowhere { dense } } }") == Codes{Code::unknown_node});
  CHECK(said("block b { dropout(1.5) }") == Codes{Code::out_of_range});
  CHECK(said("block b { dense; relu; relu }") == Codes{Code::no_limit});
  CHECK(said("block b { sum { branch { dense(width = 3) } branch { dense(width = 4) } } }") == Codes{Code::shapes_differ});
  CHECK(said("block b { let w = dense; relu }") == Codes{Code::unused_let});
  CHECK(said("block b { b }") == Codes{Code::block_recursion});
  CHECK(said("block b(a = 1) { b(a = 2); b(a = 3); b(a = 4); b(a = 5) }") == Codes(4, Code::block_recursion));  // not 4^8 times
  CHECK(said("block b { avg_pool(window = 0) }") == Codes{Code::out_of_range});  // whose stride is the window's
  CHECK(said("block a { dens } block b { a; relux }") == Codes{Code::unknown_layer, Code::unknown_layer});
  for (const std::string fine :
       {"block b(act = none) { act }", "block b(n = 0) { repeat n { relu; dense } }", "block b { conv }", "block b { conv; relu; flatten }",
        "block b { relu }", "block b { residual { relu; conv(3, padding = same) } }", "block b { residual { conv(3) } }",
        "block b { residual { dense(width = 5) } }", "block b { dense(parameterization = standard) }", "block b { dense; sign; dense }",
        "block b { concat { branch {} branch { dense(width = 3) } } }",
        "block b { slice(axis = 2); scan h { sum { branch {} branch from h {} } } }",
        "block a(s = 0) { dropout(s) } block b { a(s = 0.5) }"}) {
    CAPTURE(fine);
    CHECK(said(fine).empty());
  }
}

TEST_CASE("golden diagnostics") {
  const bool update = std::getenv("NTKC_UPDATE_GOLDEN") != nullptr;
  std::vector<std::filesystem::path> cases;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(NTKC_SOURCE_DIR) / "tests" / "diagnostics"))
    if (entry.path().extension() == ".ntk") cases.push_back(entry.path());
  std::ranges::sort(cases);
  CHECK(!cases.empty());
  for (const auto& path : cases) {
    CAPTURE(path.filename().string());
    test::Analysis a;
    analyze(a, read(path));
    auto golden = path;
    golden.replace_extension(".expected");
    if (update) std::ofstream(golden, std::ios::binary) << report(a);
    CHECK(report(a) == read(golden));
  }
}
