// Files that are no specs, specs that ask too much, and ends of a run from outside: a clear error with the right status, never a crash.
#include <doctest/doctest.h>

#include "process.hpp"

using test::contains;

namespace {

struct Case {
  const char* name;
  std::string text;
  int status;
};

}  // namespace

TEST_CASE("bad specs") {
  const Case cases[] = {
      {"empty", "", 1},
      {"binary",
       std::string("\x7f"
                   "ELF\0\0\1",
                   7),
       1},
      {"invalid UTF-8", "ntk 1\n// caf\xe9\nnetwork n { input x: [4]; dense }\n", 1},
      {"a literal of a megabyte", "ntk 1\nparam a = " + std::string(1 << 20, '9') + "\n", 1},
      {"a million rounds too many", "ntk 1\nnetwork n { input x: [4]; repeat 1e12 { dense; relu }; dense }\n", 1},
      {"a name of a megabyte", "ntk 1\nnetwork n { input x: [4]; " + std::string(1 << 20, 'a') + " }\n", 1},
      {"deep", "ntk 1\nparam a = " + std::string(10000, '(') + "1" + std::string(10000, ')') + "\n", 1},
      {"infinite", "ntk 1\nparam a = inf\nnetwork n { input x: [4]; dense(sigma_w = a) }\n", 1},
      {"not a number", "ntk 1\nparam a = inf - inf\nnetwork n { input x: [4]; dense(sigma_w = a) }\n", 1},
      {"imports itself", "ntk 1\nimport \"spec.ntk\"\n", 1},
      {"imports nothing", "ntk 1\nimport \"nowhere.ntk\"\n", 1},
  };
  for (const Case& c : cases) {
    const test::Folder folder;
    test::write(folder / "spec.ntk", c.text);
    CAPTURE(c.name);
    for (const std::string command : {"check spec.ntk", "gen spec.ntk", "info spec.ntk"}) {
      const auto run = folder.ntkc(command);
      CHECK(run.status == c.status);
      CHECK(contains(run.err, "error: "));
      CHECK(run.err.size() < 20000);
    }
    CHECK_FALSE(test::fs::exists(folder / "spec.ntk.hpp"));
  }
}

TEST_CASE("what cannot be opened is the system's fault") {
  const test::Folder folder;
  test::fs::create_directory(folder / "folder.ntk");
  for (const std::string command : {"check", "gen", "info", "fmt"}) {
    CHECK(folder.ntkc(command + " missing.ntk").status == 3);
    CHECK(folder.ntkc(command + " folder.ntk").status == 3);
  }
  const auto run = folder.ntkc("check missing.ntk");
  CHECK(contains(run.err, "missing.ntk"));
}

TEST_CASE("a closed pipe ends quietly") {
  const test::Folder folder;
  test::write(folder / "a.ntk", test::kSmall);
  const auto run = folder.shell("{ \"$NTKC\" gen a.ntk --standalone -o -; echo $? >status; } | true");
  CHECK(run.err.empty());
  CHECK(test::read(folder / "status") == "0\n");
}

TEST_CASE("signals end a run with 129, 130 and 143") {
  const test::Folder folder;
  for (const auto& [signal, status] : {std::pair{"HUP", "129\n"}, std::pair{"INT", "130\n"}, std::pair{"TERM", "143\n"}}) {
    const auto run = folder.shell(std::string("mkfifo -m 600 f 2>/dev/null; ( trap - INT; exec 3<>f; exec env --default-signal=INT,HUP "
                                              "\"$NTKC\" check - <&3 ) & p=$!; sleep 0.3; kill -") +
                                  signal + " $p; wait $p; echo $?");
    CHECK(run.out == status);
  }
}
