// Every diagnostic is explained, and something produces it: the example that `ntkc explain` shows, run as it stands.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "driver/data.hpp"
#include "driver/pipeline.hpp"
#include "fixtures.hpp"

using namespace ntkc;

namespace {

// A spec in memory beside the files that the examples import; a name that ends with / is a folder.
struct Shelf : MemoryProvider {
  explicit Shelf(const std::string& spec)
      : MemoryProvider(
            {{"main.ntk", spec}, {"mlp.ntk", "ntk 1\nblock two { dense; relu }"}, {"my-blocks.ntk", "ntk 1\nblock b { dense }"}}) {}
  std::variant<std::string, ReadFailure> read(const std::string& path) override {
    if (path.ends_with('/')) return ReadFailure{ReadFailure::Kind::directory, "it is a directory"};
    return MemoryProvider::read(path);
  }
};

std::string repeated(int times, const std::string& text) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

// What an example says in words.
std::string spelled_out(const CodeInfo& code) {
  switch (code.code) {
    case Code::too_deep:
      return "ntk 1\nparam a = " + repeated(257, "-(") + "1" + repeated(257, ")");
    case Code::number_too_long:
      return "ntk 1\nparam a = 1" + repeated(2000, "0");
    case Code::invalid_utf8:
      return "ntk 1\n// caf\xe9";
    case Code::too_many_nodes: {
      std::string text = "ntk 1\nblock b0 { dense; dense }\n";
      for (int i = 1; i < 30; ++i) text += fmt::format("block b{0} {{ b{1}; b{1} }}\n", i, i - 1);
      return text + "network n { input x: [4]; b29 }";
    }
    default:
      return std::string(code.example);
  }
}

std::string words(const Diagnostics& diagnostics) {
  std::string out;
  for (const Diagnostic& d : diagnostics.all()) out += fmt::format("{} {}\n", spelling(d.code), d.message);
  return out;
}

// 6015 needs an input of several named sizes, which has no kernel yet.
void ask_for_sizes(const test::Folder& folder, Diagnostics& diagnostics) {
  test::write(folder / "flat.csv", "1,2,3,4\n");
  plan::Plan plan;
  plan.inputs = {{.name = "x"}};
  plan.input_shapes = {{.positions = {{.size = {}, .name = "T"}}, .channels = {.size = {}, .name = "C"}}};
  driver::Dimensions dimensions;
  (void)driver::read_data({(folder / "flat.csv").string()}, {}, plan, dimensions, diagnostics);
}

}  // namespace

TEST_CASE("every diagnostic has a paragraph and an example") {
  std::set<std::string_view> paragraphs;
  const test::Folder folder;
  const std::string list = folder.ntkc("explain").out;
  for (const CodeInfo& code : all_codes()) {
    CAPTURE(code.name);
    CHECK(code.paragraph.size() >= 20);
    CHECK(code.paragraph.ends_with('.'));
    CHECK_FALSE(code.example.empty());
    CHECK(paragraphs.insert(code.paragraph).second);
    CHECK(test::contains(list, spelling(code.code) + "  "));
  }
}

TEST_CASE("the spec of every diagnostic about specs produces it") {
  for (const CodeInfo& code : all_codes()) {
    const std::string text = spelled_out(code);
    if (text.starts_with("ntkc ")) continue;
    CAPTURE(spelling(code.code));
    CAPTURE(text);
    Shelf shelf(text);
    driver::Request request;
    request.spec = "main.ntk";
    const auto c = driver::compile(shelf, request);
    const std::string said = words(c.diagnostics);
    CAPTURE(said);
    CHECK(test::contains(said, spelling(code.code)));
    if (code.severity == Severity::error) CHECK(c.plans.empty());
  }
}

TEST_CASE("the command of every other diagnostic produces it") {
  const test::Folder folder;
  test::fixtures(folder);
  // what a command alone does not say
  const std::map<Code, std::string> before = {{Code::file_exists, "\"$NTKC\" new mlp >/dev/null 2>&1 </dev/null; "},
                                              {Code::no_memory, "ulimit -v 2000000; "},
                                              {Code::no_cxx, "export CXX=/no/such/compiler; "},
                                              {Code::cxx_failed, "export CXX=false; "}};
  for (const CodeInfo& code : all_codes()) {
    if (!code.example.starts_with("ntkc ")) continue;
    CAPTURE(code.example);
    if (code.code == Code::dimensions_unknown) {
      Diagnostics diagnostics;
      ask_for_sizes(folder, diagnostics);
      CHECK(test::contains(words(diagnostics), "NTK6015"));
      continue;
    }
#ifdef __SANITIZE_ADDRESS__
    if (code.code == Code::no_memory) continue;  // the sanitizer needs all the address space there is
#endif
    const std::string command(code.example.substr(5, code.example.find("   //") - 5));
    const auto preparation = before.find(code.code);
    const auto run = folder.shell((preparation == before.end() ? "" : preparation->second) + "\"$NTKC\" " + command);
    CAPTURE(run.err);
    CHECK(test::contains(run.err, spelling(code.code)));
    CHECK((run.status == 0) == (code.severity == Severity::warning));
  }
}
