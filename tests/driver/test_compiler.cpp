// The library: text in, artifacts and diagnostics out.
#include <doctest/doctest.h>

#include <ntk/compiler.hpp>

#include "process.hpp"

TEST_CASE("the library gives what the command gives") {
  const test::Folder folder;
  test::write(folder / "a.ntk", test::kSmall);
  ntk::Compiler compiler;
  compiler.add_file("a.ntk", test::kSmall);
  const ntk::Result result = compiler.generate("a.ntk");
  REQUIRE(result.ok);
  REQUIRE(result.artifacts.size() == 1);
  CHECK(result.artifacts[0].name == "a.ntk.hpp");
  CHECK(result.artifacts[0].text == folder.ntkc("gen a.ntk -o -").out);
  CHECK(result.files == std::vector<std::string>{"a.ntk"});
  ntk::GenerateOptions options;
  options.gradient = {"all"};
  const ntk::Result derived = compiler.generate("a.ntk", options);
  REQUIRE(derived.artifacts.size() == 1);
  CHECK(derived.artifacts[0].text == folder.ntkc("gen a.ntk --gradient all -o -").out);
  options.gradient = {"omega"};
  CHECK_FALSE(compiler.generate("a.ntk", options).ok);
}

TEST_CASE("imports from memory, faults as data") {
  ntk::Compiler compiler;
  compiler.add_file("part.ntk", "ntk 1\nblock b { dense; relu }\n");
  compiler.add_file("a.ntk", "ntk 1\nimport \"part.ntk\"\nnetwork n { input x: [4]; part.b; dens }\n");
  ntk::Result result = compiler.check("a.ntk");
  CHECK_FALSE(result.ok);
  REQUIRE(result.diagnostics.size() == 1);
  CHECK(result.diagnostics[0].location.file == "a.ntk");
  CHECK(result.diagnostics[0].location.line == 3);
  CHECK(result.diagnostics[0].text.find("a.ntk:3:") == 0);
  CHECK(result.artifacts.empty());
  compiler.add_file("a.ntk", "ntk 1\nimport \"part.ntk\"\nnetwork n { input x: [4]; part.b; dense }\n");
  CHECK(compiler.check("a.ntk").ok);
  CHECK_FALSE(compiler.check("elsewhere.ntk").ok);
  ntk::GenerateOptions options;
  options.backend = "fortran";
  CHECK_FALSE(compiler.generate("a.ntk", options).ok);
  CHECK(compiler.format("a.ntk").artifacts.size() == 1);
}
