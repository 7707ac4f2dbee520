// --tolerance is kept or refused, whether it is given or not.
#include <doctest/doctest.h>

#include "process.hpp"

using test::contains;

namespace {

std::string spec(const std::string& layers, const std::string& definition = "") {
  return "ntk 1\n" + definition + "network n {\n  input x: [4]\n  " + layers + "\n}\n";
}
// 0 up to 1 and steep there: the plane is integrated to some 1e-11.
const std::string kSteep = spec("dense; steep; dense", "activation steep(x) = max(x - 1, 0) * tanh(300 * x)\n");

// The tolerance that the help of a message names.
std::string named(const std::string& message) {
  const std::string option = "`--tolerance=";
  const std::size_t at = message.find(option);
  REQUIRE(at != std::string::npos);
  return message.substr(at + option.size(), message.find('`', at + 1) - at - option.size());
}

}  // namespace

TEST_CASE("what is not kept is refused with what is") {
  const test::Folder folder;
  for (const auto& [layers, names, given] :
       {std::tuple<std::string, std::string, std::string>{"dense; tanh; dense", "`tanh`", "1e-13"},
        {"dense; gelu_tanh; dense", "`gelu_tanh`", "1.5e-13"},  // its even part has a series
        {"let g = dense; sum { branch { g; tanh } branch { g; sigmoid } }; dense", " with ", "1e-13"}}) {
    CAPTURE(layers);
    test::write(folder / "a.ntk", spec(layers));
    CHECK(folder.ntkc("check a.ntk").status == 0);
    const auto refused = folder.ntkc("check a.ntk --tolerance=" + given);
    CHECK(refused.status == 1);
    CHECK(contains(refused.err, "NTK5209"));
    CHECK(contains(refused.err, "a.ntk:4:"));
    CHECK(contains(refused.err, names));
    CHECK(contains(refused.err, ", for variances from "));
    const std::string kept = named(refused.err);
    CHECK(std::stod(kept) > std::stod(given));
    CHECK(folder.ntkc("check a.ntk --tolerance=" + kept).status == 0);
  }
  test::write(folder / "closed.ntk", spec("dense; relu; dense"));
  CHECK(folder.ntkc("check closed.ntk --tolerance=1e-15").status == 0);
}

TEST_CASE("without the option it is 1e-12") {
  const test::Folder folder;
  test::write(folder / "a.ntk", kSteep);
  for (const std::string command : {"check a.ntk", "gen a.ntk -o a.hpp"}) {
    CAPTURE(command);
    const auto refused = folder.ntkc(command);
    CHECK(refused.status == 1);
    CHECK(contains(refused.err, "`steep` are not known to the tolerance 1e-12"));
    CHECK(folder.ntkc(command + " --tolerance=" + named(refused.err)).status == 0);
  }
  CHECK(folder.ntkc("info a.ntk").status == 0);  // it tells what is known
  // 0 around 0, but the tolerance is kept where there is more than a tail.
  test::write(folder / "tail.ntk", spec("dense; tail; dense", "activation tail(x) = max(x - 0.5, 0) * tanh(x)\n"));
  CHECK(folder.ntkc("check tail.ntk").status == 0);
  CHECK(folder.ntkc("check tail.ntk --tolerance=1e-13").status == 1);
}

TEST_CASE("what no bound is known of is refused, or accepted without a promise") {
  const test::Folder folder;
  for (const std::string rough : {"abs(x)^1.5", "step(sin(x))"}) {
    CAPTURE(rough);
    test::write(folder / "a.ntk", spec("dense; rough; dense", "activation rough(x) = " + rough + "\n"));
    for (const std::string command : {"check a.ntk --kernel nngp", "check a.ntk --kernel nngp --tolerance=0.1"}) {
      const auto refused = folder.ntkc(command);
      CHECK(refused.status == 1);
      CHECK(contains(refused.err, "NTK5210"));
      CHECK(contains(refused.err, "`--tolerance=none`"));
    }
    CHECK(folder.ntkc("check a.ntk --kernel nngp --tolerance=none").status == 0);
    CHECK(folder.ntkc("info a.ntk --kernel nngp").status == 0);
  }
}

TEST_CASE("of several expectations the help names what is kept by all") {
  const test::Folder folder;
  const std::string rough = "activation rough(x) = abs(x)^1.5\nactivation steep(x) = max(x - 1, 0) * tanh(300 * x)\n";
  test::write(folder / "a.ntk", spec("dense; steep; dense; rough; dense", rough));
  const auto refused = folder.ntkc("check a.ntk");
  CHECK(contains(refused.err, "NTK5209"));
  CHECK(contains(refused.err, "NTK5210"));
  CHECK(!contains(refused.err, "is kept"));
  CHECK(folder.ntkc("check a.ntk --tolerance=none").status == 0);
}
