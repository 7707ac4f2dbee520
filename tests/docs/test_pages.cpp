// The pages say what the program does: those made from registries are up to date, the consoles show what is printed, the programs run.
//   ```console   lines `$ command` and what they print, run in one folder a page; NTKC_UPDATE_GOLDEN=1 writes what is printed now
//   ```cpp FILE  a file of that folder
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "tests/driver/process.hpp"

namespace {

const std::string kRoot = NTKC_SOURCE_DIR;
const std::string kFence = "```";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

// The page with every console as it is printed now.
std::string played(const std::string& page, const test::Folder& folder) {
  std::string out, block, language;
  bool inside = false, console = false;
  for (const std::string& line : lines_of(page)) {
    if (line.starts_with(kFence)) {
      if (const auto blank = language.find(' '); inside && blank != std::string::npos)
        test::write(folder / language.substr(blank + 1), block);
      inside = !inside;
      language = line.substr(3);
      console = inside && language == "console";
      block.clear();
      out += line + "\n";
    } else if (console && line.starts_with("$ ")) {
      const auto run = folder.shell("PATH=\"${NTKC%/*}:$PATH\"; exec 2>&1; " + line.substr(2));
      out += line + "\n" + run.out;
      if (!run.out.empty() && run.out.back() != '\n') out += "\n";
    } else if (!console) {
      block += line + "\n";
      out += line + "\n";
    }
  }
  return out;
}

}  // namespace

TEST_CASE("the pages that come from registries are up to date (./dev docs)") {
  const test::Folder folder;
  REQUIRE(folder.shell("'" + kRoot + "/docs/generate' \"$NTKC\" .").status == 0);
  for (const char* name : {"options.md", "diagnostics.md"}) {
    CAPTURE(name);
    CHECK(test::read(folder / name) == test::read(kRoot + "/docs/" + name));
  }
}

TEST_CASE("consoles in the pages show what is printed") {
  const bool update = std::getenv("NTKC_UPDATE_GOLDEN") != nullptr;
  std::vector<std::string> pages = {kRoot + "/README.md", kRoot + "/grammar/README.md"};
  for (const auto& entry : test::fs::directory_iterator(kRoot + "/docs"))
    if (entry.path().extension() == ".md") pages.push_back(entry.path().string());
  for (const std::string& page : pages) {
    CAPTURE(page);
    const std::string text = test::read(page);
    const test::Folder folder;
    if (text.find("$ python3 ") != std::string::npos && folder.shell("python3 -c 'import ctypes'").status != 0) {
      MESSAGE("no python3 here: not run");
      continue;
    }
    test::fs::create_directory_symlink(kRoot + "/examples", folder / "examples");
    const std::string now = played(text, folder);
    if (update && now != text) test::write(page, now);
    const auto shown = lines_of(test::read(page)), printed = lines_of(now);
    const auto [a, b] = std::ranges::mismatch(shown, printed);
    CHECK_MESSAGE((a == shown.end() && b == printed.end()), "shown: ", (a == shown.end() ? "nothing" : *a),
                  "\nprinted: ", (b == printed.end() ? "nothing" : *b));
  }
}

TEST_CASE("links between pages lead somewhere") {
  for (const char* folder : {"", "docs", "grammar", "src"})
    for (const auto& entry : test::fs::directory_iterator(kRoot + "/" + folder)) {
      if (entry.path().extension() != ".md") continue;
      const std::string text = test::read(entry.path());
      for (std::size_t at = text.find("]("); at != std::string::npos; at = text.find("](", at + 1)) {
        std::string target = text.substr(at + 2, text.find(')', at) - at - 2);
        target = target.substr(0, target.find('#'));
        if (target.empty() || target.find("://") != std::string::npos || target.find_first_of(" \n") != std::string::npos) continue;
        CHECK_MESSAGE(test::fs::exists(entry.path().parent_path() / target), entry.path().string(), ": ", target);
      }
    }
}

TEST_CASE("the activation that CONTRIBUTING.md shows is one") {
  const std::string file = test::read(kRoot + "/src/activations/swish.cpp");
  CHECK(test::contains(test::read(kRoot + "/CONTRIBUTING.md"), kFence + "cpp\n" + file + kFence + "\n"));
}
