// How diagnostics look: carets under tabs and UTF-8, order, JSON and SARIF that programs can read.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "driver/print.hpp"

using namespace ntkc;

namespace {

struct Text {
  Sources sources;
  Diagnostics diagnostics;
  explicit Text(std::string text) { sources.add("a.ntk", std::move(text)); }
  Diagnostic& at(std::uint32_t begin, std::uint32_t end) { return diagnostics.report(Code::malformed_number, Span{0, begin, end}, "x"); }
  std::vector<driver::Findings> findings() const { return {{&sources, &diagnostics}}; }
  std::string print() const { return driver::to_text(findings(), false); }
};

}  // namespace

TEST_CASE("a caret under the span, code points counted, tabs kept") {
  Text t("ok\n\tsigm\u00e4 = \u03c0x 1\n");
  const auto begin = static_cast<std::uint32_t>(t.sources.text(0).find("\u03c0"));
  t.at(begin, begin + 3);
  CHECK(t.print() == "a.ntk:2:10: error: `x` is not a number [NTK1007]\n 2 | \tsigm\u00e4 = \u03c0x 1\n   | \t        ^~\n");
}

TEST_CASE("spans at the end of a text, over lines, empty, and of control characters") {
  Text t("one\ntwo\x1b[31m");
  t.at(4, 4);
  t.at(12, 12);
  t.at(1, 6);
  const std::string text = t.print();
  CHECK(text.find(" 1 | one\n   |  ^~\n") != std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find(" 2 | two\uFFFD[31m\n   |         ^\n") != std::string::npos);
}

TEST_CASE("a long line is cut around the caret") {
  Text t(std::string(100000, ' ') + "\u00e4\u00e4\u00e4!" + std::string(100000, 'b'));
  t.at(100006, 100007);
  CHECK(t.print().size() < 1000);
  CHECK(t.print().find('!') != std::string::npos);
}

TEST_CASE("sorted by place, notes and help below") {
  Text t("a\nb\nc\n");
  t.at(4, 5).note({0, 0, 1}, "here").suggest("write 1");
  t.at(2, 3);
  t.diagnostics.report_global(Code::unknown_command, "x");
  const std::string text = t.print();
  CHECK(text.find("ntkc: error") < text.find("a.ntk:2:1"));
  CHECK(text.find("a.ntk:2:1") < text.find("a.ntk:3:1"));
  CHECK(text.find("a.ntk:1:1: note: here\n 1 | a\n") > text.find("a.ntk:3:1"));
  CHECK(text.ends_with("help: write 1\n"));
}

TEST_CASE("JSON and SARIF say the same") {
  Text t("caf\xe9 \u00e4x\n");
  t.at(7, 8).note({0, 0, 1}, "caf\xe9").suggest("write 1");
  t.diagnostics.report_global(Code::unknown_command, "x");
  const auto json = nlohmann::json::parse(driver::to_json(t.findings()));
  CHECK(json["errors"] == 2);
  CHECK(json["diagnostics"][0].contains("place") == false);
  const auto& place = json["diagnostics"][1]["place"];
  CHECK(place["offset"] == 7);
  CHECK(place["line"] == 1);
  CHECK(json["diagnostics"][1]["help"] == "write 1");
  const auto sarif = nlohmann::json::parse(driver::to_sarif(t.findings()));
  CHECK(sarif["version"] == "2.1.0");
  const auto& result = sarif["runs"][0]["results"][1];
  CHECK(result["ruleId"] == "NTK1007");
  const auto& region = result["locations"][0]["physicalLocation"]["region"];
  CHECK(region["startColumn"] == place["column"]);
  CHECK(region["endColumn"] == place["end_column"]);
  for (const auto& r : sarif["runs"][0]["results"]) {
    bool known = false;
    for (const auto& rule : sarif["runs"][0]["tool"]["driver"]["rules"]) known = known || rule["id"] == r["ruleId"];
    CHECK(known);
  }
  CHECK(nlohmann::json::parse(driver::to_json({}))["diagnostics"].empty());
}
