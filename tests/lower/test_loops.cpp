// A loop is its rounds written out: equal in 100 digits.
#include "network.hpp"

using namespace ntkc::test;

namespace {

std::string times(int n, const std::string& body) {
  std::string all;
  for (int i = 0; i < n; ++i) all += body + "\n";
  return all;
}

// Two roads of arithmetic in 100 digits agree to a good part of them.
constexpr double kAgree = 1e-60;

void agree(const std::string& a, const std::string& b) {
  CAPTURE(a);
  for (const bool same : {false, true}) {
    const auto u = kernels(a, same), v = kernels(b, same);
    CHECK(relative(u.at("nngp"), v.at("nngp")) < kAgree);
    CHECK(relative(u.at("ntk"), v.at("ntk")) < kAgree);
  }
}

const char* const kBodies[] = {
    "dense(sigma_w = 1.3, sigma_b = 0.2); relu",
    "residual { relu; dense(sigma_w = 1.2) }",
    "residual(scale = 0.5) { dense(sigma_w = 0.9, sigma_b = 0.1); relu }",
    "residual { dense(sigma_w = 0.9, sigma_b = 0.1); relu; dropout(0.2) }",
    "dense(sigma_b = 0.1); layer_norm; erf",
    "dense(sigma_b = 0.1); gelu; layer_norm",
    "dense(sigma_w = 1.3); relu; concat(weights = [3, 1]) { branch {} branch from x {} }",
    "sum(weights = [1, 0.5]) { branch { dense; relu } branch from x { dense(sigma_b = 0.3) } }",
    "sum { branch { dense; as h; relu; dense; product { branch {} branch from h { erf } } } branch {} }",
    "residual { dense; relu }; dense; residual { erf; dense(sigma_b = 0.4) }",
    "repeat 2 { dense(sigma_w = 1.2); relu }; residual { dense; erf }",
    "repeat 2 { dense(sigma_b = 0.1); layer_norm; erf }; dense",
};

}  // namespace

TEST_CASE("a loop is its rounds written out") {
  for (const std::string body : kBodies)
    for (const int n : {1, 2, 4})
      agree("dense(sigma_b = 0.2); repeat " + std::to_string(n) + " { " + body + " }; dense",
            "dense(sigma_b = 0.2)\n" + times(n, body) + "dense");
}

TEST_CASE("loops in loops") {
  agree("dense; repeat 2 { repeat 3 { dense(sigma_w = 1.2, sigma_b = 0.1); relu }; residual { dense; erf } }; dense",
        "dense\n" + times(2, times(3, "dense(sigma_w = 1.2, sigma_b = 0.1); relu") + "residual { dense; erf }") + "dense");
}

TEST_CASE("a loop that begins with data is its rounds written out") {
  for (const std::string body : kBodies)
    if (!body.starts_with("residual { relu"))  // that has no limit after its first round
      agree("repeat 3 { " + body + " }; dense", times(3, body) + "dense");
  for (const std::string body :
       {"layer_norm(eps = 0.5)", "scale(0.5)", "sum { branch {} branch { scale(0.3) } }", "product { branch {} branch {} }"})
    for (const std::string after : {"dense", "relu; dense", "layer_norm(eps = 0.25); dense"})
      agree("repeat 3 { " + body + " }; " + after, times(3, body) + after);
}

TEST_CASE("data beside a loop that began with data is correlated with it") {
  const std::string body = "residual { dense; relu }\n";
  for (const std::string data : {"layer_norm", "erf", "product { branch {} branch {} }"})
    agree("as a; sum { branch { repeat 3 { " + body + "} } branch from a { " + data + " } }; dense",
          "as a; sum { branch { " + times(3, body) + "} branch from a { " + data + " } }; dense");
}

TEST_CASE("data beside a loop whose rounds end in a layer_norm") {
  for (const std::string data : {"", "layer_norm"})
    agree("as a; repeat 2 { repeat 2 { dense; relu }; layer_norm }; sum { branch {} branch from a { " + data + " } }; dense",
          "as a\n" + times(2, times(2, "dense; relu") + "layer_norm") + "sum { branch {} branch from a { " + data + " } }; dense");
}

TEST_CASE("an activation acts on the parts that come out of a loop") {
  for (const std::string body : {"concat(weights = [1, 2]) { branch {} branch { dense(sigma_b = 0.3) } }",
                                 "dense; relu; concat { branch { dense } branch { dense(sigma_b = 0.3) } }"})
    for (const std::string after : {"relu; dense", "layer_norm; erf; dense"})
      agree("dense; repeat 3 { " + body + " }; " + after, "dense\n" + times(3, body) + after);
}

TEST_CASE("a layer_norm stands on the normalised parts that come out of a loop") {
  const std::string body = "concat(weights = [1, 2]) { branch {} branch { dense(sigma_b = 0.3) } }; layer_norm(eps = 0.1)\n";
  agree("dense; repeat 2 { " + body + "}; layer_norm(eps = 0.2); dense", "dense\n" + times(2, body) + "layer_norm(eps = 0.2); dense");
}

TEST_CASE("a sum, product or concat of one branch is the branch") {
  for (const std::string join : {"sum", "product", "concat", "sum(weights = [1])", "concat(weights = [3])"})
    for (const std::string after : {"layer_norm; dense", "dense"})
      agree("dense; relu; " + join + " { branch {} }; " + after, "dense; relu; " + after);
}

TEST_CASE("no round is the identity") { agree("dense; repeat 0 { dense; relu }; erf; dense", "dense; erf; dense"); }

TEST_CASE("tied rounds are uses of one let") {
  agree("dense(sigma_b = 0.1); repeat 3 shared { relu; dense(sigma_w = 1.3, sigma_b = 0.2) }; relu; dense",
        "dense(sigma_b = 0.1); let w = dense(sigma_w = 1.3, sigma_b = 0.2)\n" + times(3, "relu; w") + "relu; dense");
  agree("dense(sigma_b = 0.1); repeat 3 shared { residual { dense(sigma_w = 0.8); relu } }; dense",
        "dense(sigma_b = 0.1); let w = dense(sigma_w = 0.8)\n" + times(3, "residual { w; relu }") + "dense");
  agree("dense(sigma_b = 0.1); let w = dense(sigma_w = 0.8); repeat 3 { residual { w; relu }; dense }",
        "dense(sigma_b = 0.1); let w = dense(sigma_w = 0.8)\n" + times(3, "residual { w; relu }; dense"));
}

TEST_CASE("the size of the recursion does not grow with the depth") {
  for (const std::string body : kBodies) {
    CAPTURE(body);
    const auto size = [&](int n) { return lowered("dense; repeat " + std::to_string(n) + " { " + body + " }; dense").nodes.size(); };
    CHECK(size(3) == size(1000000));
  }
}

TEST_CASE("rounds that all depend on each other are followed up to a limit") {
  const auto c = compile(network("dense; repeat 100000 shared { residual { dense; relu } }; dense"));
  REQUIRE(c.diagnostics.all().size() == 1);
  CHECK(c.diagnostics.all()[0].code == ntkc::Code::entangled_loop);
}
