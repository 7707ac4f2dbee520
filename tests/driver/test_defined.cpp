// Activations of the file, from the text to kernels and to what `ntkc info` tells of them.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "io/read.hpp"
#include "process.hpp"

using test::contains;

namespace {

std::string spec(const std::string& phi) {
  return "ntk 1\nactivation f(x) = " + phi + "\nnetwork n { input x: [2]; dense; f; dense; f; dense }\n";
}

// The kernel of two samples, or nothing where ntkc refuses.
std::vector<double> kernel(const test::Folder& folder, const std::string& text, const std::string& which) {
  test::write(folder / "a.ntk", text);
  test::write(folder / "x.csv", "1,2\n0.5,-1\n");
  if (folder.ntkc("eval a.ntk --x x.csv --kernel " + which + " -o k.npy").status != 0) return {};
  ntkc::Diagnostics d;
  const auto m = ntkc::io::read((folder / "k.npy").string(), {}, d);
  REQUIRE(m);
  test::fs::remove(folder / "k.npy");
  return m->values;
}

}  // namespace

TEST_CASE("a built-in activation written out has the built-in kernel") {
  const test::Folder folder;
  const char* const pairs[][2] = {{"0.5 * x * (1 + erf(x / sqrt(2)))", "gelu"},
                                  {"max(x, 0.2 * x)", "leaky_relu(slope = 0.2)"},
                                  {"2 * sin(0.5 * x + 1)", "sin(a = 2, b = 0.5, c = 1)"},
                                  {"1 + x + 0.5 * x^2", "polynomial([1, 1, 0.5])"}};
  for (const auto& [phi, name] : pairs)
    for (const std::string which : {"nngp", "ntk"}) {
      CAPTURE(phi);
      const auto mine = kernel(folder, spec(phi), which);
      std::string text = spec(phi);
      for (std::size_t at; (at = text.find("; f;")) != std::string::npos;) text.replace(at, 4, "; " + std::string(name) + ";");
      const auto theirs = kernel(folder, text, which);
      REQUIRE(mine.size() == 4);
      REQUIRE(theirs.size() == 4);
      for (int i = 0; i < 4; ++i) CHECK(mine[i] == doctest::Approx(theirs[i]).epsilon(1e-14));  // the same forms; factors may be rounded
    }
}

TEST_CASE("a constant has the kernel of its square, a jump an NNGP kernel only") {
  const test::Folder folder;
  for (const double k : kernel(folder, spec("3"), "nngp")) CHECK(k == doctest::Approx(9));
  CHECK(kernel(folder, spec("if x < 0.5 then -1 else 1"), "ntk").empty());
  CHECK(kernel(folder, spec("if x < 0.5 then -1 else 1"), "nngp").size() == 4);
}

TEST_CASE("info tells which bounds are proved, of two activations in one expectation too") {
  const test::Folder folder;
  const auto network = [&](const std::string& branches) {
    test::write(folder / "a.ntk", "ntk 1\nnetwork n { input x: [2]; let g = dense; sum { " + branches + " }; dense }\n");
    return nlohmann::json::parse(folder.ntkc("info a.ntk --json").out);
  };
  const auto bound = [](const nlohmann::json& info, const char* list, std::size_t i) { return info.at("networks").at(0).at(list).at(i); };
  const auto smooth = bound(network("branch { g; tanh } branch { g; sigmoid }"), "pairs", 0);
  CHECK(smooth.at("phi") == "sigmoid");
  CHECK(smooth.at("psi") == "tanh");
  CHECK(smooth.at("certified") == true);
  CHECK(smooth.at("largest_correlation") == 1);
  const auto kinked = bound(network("branch { g; tanh } branch { g; relu }"), "pairs", 0);
  CHECK(kinked.at("certified") == true);
  CHECK(kinked.at("largest_correlation") == 1);  // near which the plane is integrated
  CHECK(kinked.at("largest_variance") == 100);
  const double reachable = kinked.at("error");
  const auto checked = [&](double tolerance) {
    return folder.ntkc("check a.ntk --tolerance=" + std::to_string(tolerance * 1e13) + "e-13").status;
  };
  CHECK(checked(0.2 * std::min(reachable, 1e-12)) == 1);  // one that is little less is kept, of smaller variances
  for (const std::string name : {"tanh", "sigmoid", "swish", "mish", "softplus", "atan"}) {  // analytic in a strip: proved to the last term
    CAPTURE(name);
    const auto analytic = bound(network("branch { g; " + name + " }"), "activations", 0);
    CHECK(analytic.at("certified") == true);
    CHECK(analytic.at("error") <= 1e-12);
    CHECK(analytic.at("largest_variance") == 100);
  }
  const auto beyond = bound(network("branch { g; softsign }"), "activations", 0);  // octaves near |rho| = 1
  CHECK(beyond.at("certified") == true);
  CHECK(beyond.at("largest_correlation") == 1);
  CHECK(beyond.at("far_variance") == 100);
  CHECK(beyond.at("far_error") >= beyond.at("error"));
  test::write(folder / "b.ntk", spec("max(x - 0.5, 0) * tanh(x)"));  // 0 around 0: of small variances a tail is left
  const auto tail = bound(nlohmann::json::parse(folder.ntkc("info b.ntk --json").out), "activations", 0);
  CHECK(tail.at("certified") == true);
  CHECK(tail.at("smallest_variance") > 0);
  CHECK(tail.at("smallest_variance") <= 0.1);
  CHECK(tail.at("largest_variance") == 100);
  const auto pieces = bound(network("branch { g; hard_swish }"), "activations", 0);
  CHECK(pieces.at("certified") == true);
  CHECK(pieces.at("largest_correlation") == 1);
  CHECK(pieces.at("far_variance") == 1e4);
}

TEST_CASE("info tells the Lipschitz constant and its place") {
  const test::Folder folder;
  const auto info = [&](const std::string& phi, const std::string& options = "") {
    test::write(folder / "a.ntk", spec(phi));
    return folder.ntkc("info a.ntk --kernel nngp" + options).out;
  };
  CHECK(contains(info("x / (1 + exp(-1.5 * x))"), "Lipschitz constant: 1.1 (at x = 1.6)"));
  CHECK(contains(info("log(1 + exp(x))"), "Lipschitz constant: 1 (as x goes to inf)"));
  CHECK(contains(info("x^3"), "Lipschitz constant: none (the slope grows without bound as x goes to inf)"));
  CHECK(contains(info("step(x - 2)"), "Lipschitz constant: none (a jump at x = 2)"));
  CHECK(contains(info("3"), "Lipschitz constant: 0 (at x = 0)"));
  CHECK(contains(info("x^3", " --json"), "\"kind\": \"unbounded\""));
  CHECK(contains(info("2 * tanh(x)", " --json"), "\"kind\": \"bounded\""));
}
