// The import graph: where files are looked for, each once, circles, faults.
#include <filesystem>
#include <fstream>

#include "doctest/doctest.h"
#include "grammar/load.hpp"
#include "grammar/std.hpp"
#include "helpers.hpp"

using namespace ntkc;

namespace {

struct Loaded {
  Sources sources;
  Diagnostics diagnostics;
  std::vector<grammar::LoadedFile> read;
  std::optional<ast::Files> files;

  Loaded(std::map<std::string, std::string> texts, const std::string& path, const std::vector<std::string>& dirs = {}) {
    MemoryProvider provider(std::move(texts));
    files = grammar::load(provider, path, dirs, sources, diagnostics, &read);
  }
  std::vector<std::string> paths() const {
    std::vector<std::string> result;
    for (const auto& file : read) result.push_back(file.path);
    return result;
  }
};

}  // namespace

TEST_CASE("files are found beside the importer, then under -I, then inside the compiler, and read once") {
  const Loaded loaded(
      {{"nets/main.ntk", "import \"a.ntk\" import \"b.ntk\" import \"mlp.ntk\" import \"std/rnn.ntk\" import \"sub/../a.ntk\" as again"},
       {"nets/a.ntk", "import \"b.ntk\""},
       {"inc/a.ntk", "not read"},
       {"inc/b.ntk", "from \"c/d.ntk\" import x"},
       {"inc/c/d.ntk", "param x = 1"}},
      "nets/main.ntk", {"nowhere", "inc"});
  REQUIRE(loaded.files);
  CHECK(loaded.paths() ==
        std::vector<std::string>{"nets/main.ntk", "nets/a.ntk", "inc/b.ntk", "std/mlp.ntk", "std/rnn.ntk", "inc/c/d.ntk"});
  CHECK(loaded.read[3].built_in);
  CHECK(loaded.files->main == 0);
  REQUIRE(loaded.files->imports[0].size() == 5);
  CHECK(loaded.files->imports[0][4].target == 1);
  CHECK(loaded.files->imports[0][1].target == 2);
  CHECK(loaded.files->imports[1][0].target == 2);
}

TEST_CASE("a missing import names the places where it was looked for") {
  const Loaded loaded({{"main.ntk", "import \"x.ntk\"\nimport \"mlp.ntk\"\nimport \"y.ntk\""}}, "main.ntk", {"inc"});
  CHECK_FALSE(loaded.files);
  REQUIRE(loaded.diagnostics.all().size() == 2);
  const Diagnostic& d = loaded.diagnostics.all()[0];
  CHECK(d.code == Code::import_not_found);
  CHECK(d.message == "cannot find `x.ntk`");
  REQUIRE(d.notes.size() == 2);
  CHECK(d.notes[1].message == "there is no `inc/x.ntk`");
  CHECK(d.help.find("`mlp.ntk`") != d.help.npos);
}

TEST_CASE("a circle of imports is shown whole; a diamond is none") {
  const Loaded loaded({{"a.ntk", "import \"b.ntk\""}, {"b.ntk", "import \"c.ntk\""}, {"c.ntk", "import \"a.ntk\""}}, "a.ntk");
  CHECK_FALSE(loaded.files);
  REQUIRE(loaded.diagnostics.all().size() == 1);
  const Diagnostic& d = loaded.diagnostics.all()[0];
  CHECK(d.code == Code::import_cycle);
  CHECK(d.message == "`a.ntk` imports itself through `b.ntk`, `c.ntk`");
  CHECK(loaded.sources.name(d.span.file) == "c.ntk");
  REQUIRE(d.notes.size() == 2);
  CHECK(d.notes[1].message == "imports `c.ntk`");

  CHECK(Loaded({{"self.ntk", "import \"self.ntk\""}}, "self.ntk").diagnostics.all().at(0).message == "`self.ntk` imports itself");
  CHECK(Loaded({{"a.ntk", "import \"b.ntk\" import \"c.ntk\""}, {"b.ntk", "import \"c.ntk\""}, {"c.ntk", ""}}, "a.ntk").files);
}

TEST_CASE("a chain of ten thousand imports is no matter") {
  std::map<std::string, std::string> texts;
  for (int i = 0; i < 10'000; ++i) texts[fmt::format("f{}.ntk", i)] = fmt::format("import \"f{}.ntk\"", i + 1);
  texts["f10000.ntk"] = "";
  const Loaded loaded(std::move(texts), "f0.ntk");
  REQUIRE(loaded.files);
  CHECK(loaded.files->files.size() == 10'001);
}

TEST_CASE("faults of every file are told, and a missing spec") {
  const Loaded loaded({{"a.ntk", "import \"b.ntk\" param = 1"}, {"b.ntk", "param = 2"}}, "a.ntk");
  CHECK_FALSE(loaded.files);
  CHECK(loaded.diagnostics.all().size() == 1);  // the faulty file's imports are not known
  const Loaded both({{"a.ntk", "import \"b.ntk\" import \"c.ntk\""}, {"b.ntk", "param = 2"}, {"c.ntk", "network {"}}, "a.ntk");
  CHECK(both.diagnostics.all().size() == 2);
  const Loaded missing({}, "none.ntk");
  REQUIRE(missing.diagnostics.all().size() == 1);
  CHECK(missing.diagnostics.all()[0].code == Code::spec_unreadable);
  CHECK(missing.diagnostics.all()[0].message == "cannot read `none.ntk`: no such file");
}

TEST_CASE("the disk: directories are no specs, links to one file are one file") {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(NTKC_BINARY_DIR) / "test_load";
  fs::remove_all(folder);
  fs::create_directories(folder / "sub.ntk");
  std::ofstream(folder / "a.ntk") << "import \"b.ntk\" import \"link.ntk\"";
  std::ofstream(folder / "b.ntk") << "param b = 1";
  fs::create_symlink(folder / "b.ntk", folder / "link.ntk");
  DiskProvider disk;
  Sources sources;
  Diagnostics diagnostics;
  const auto files = grammar::load(disk, (folder / "a.ntk").string(), {}, sources, diagnostics);
  REQUIRE(files);
  CHECK(files->files.size() == 2);
  CHECK_FALSE(grammar::load(disk, folder.string(), {}, sources, diagnostics));
  CHECK(diagnostics.all().back().message.ends_with("it is a directory"));
  std::ofstream(folder / "c.ntk") << "import \"sub.ntk\"";
  CHECK_FALSE(grammar::load(disk, (folder / "c.ntk").string(), {}, sources, diagnostics));
  CHECK(diagnostics.all().back().code == Code::import_unreadable);
  fs::remove_all(folder);
}

TEST_CASE("what is inside the compiler parses, and shows how it is used") {
  CHECK(grammar::std_files().size() == 6);
  for (const auto& file : grammar::std_files()) {
    const test::Parsed parsed{std::string(file.text)};
    CHECK_MESSAGE(parsed.file, file.name, parsed.messages());
    CHECK(parsed.file->comments.size() > 3);
    CHECK(parsed.file->version == 1);
  }
}
