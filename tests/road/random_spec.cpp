#include "random_spec.hpp"

#include <fmt/format.h>

#include "random_layers.hpp"

namespace ntkc::tests {
namespace {

// A stretch of a body, with its loops and without.
struct Text {
  std::string loops, plain;
  void add(const std::string& both) {
    loops += both;
    plain += both;
  }
  void add(const Text& t) {
    loops += t.loops;
    plain += t.plain;
  }
};

enum class Law { data, gaussian, other };

class Generator : private RandomLayers {
 public:
  explicit Generator(std::uint64_t seed) : RandomLayers(seed) {}

  RandomSpec run() {
    nngp_only_ = chance(0.1);
    growing_ = chance(0.25);
    widths_ = chance(0.3);
    second_input_ = chance(0.2);
    Text head, body;
    head.add("ntk 1\n");
    for (int i = below(3); i > 0; --i) {
      const std::string name = fmt::format("p{}", params_.size());
      head.add(fmt::format("param {} = {} in [0.1, 3]\n", name, real(0.5, 1.5)));
      params_.push_back(name);
    }
    body.add("  input x: [5]\n");
    if (second_input_) body.add("  input y: [5]\n");
    nodes_.push_back({"x", Law::data});
    if (second_input_) nodes_.push_back({"y", Law::data});
    if (chance(0.4)) body.add(fmt::format("  default dense(sigma_b = {})\n", chance(0.3) ? "0" : real(0.05, 1)));
    if (chance(0.3)) body.add(fmt::format("  default (sigma_w = {})\n", positive(0.7, 1.6)));
    if (widths_) body.add("  default dense(width = 16)\n");
    if (widths_ && chance(0.4)) body.add("  default dense(parameterization = standard)\n");
    Law law = Law::data;
    const Text main = statements(law, 2 + below(6), 3);
    body.add(main);
    if (law != Law::gaussian || chance(0.5)) body.add("  " + dense() + "\n");
    Text all = head;
    all.add(blocks_);
    all.add("network n {\n");
    all.add(body);
    all.add("}\n");
    return {all.loops, all.plain, loops_, !nngp_only_, growing_, centred_, joins_};
  }

 private:
  std::string fresh(const char* stem) { return fmt::format("{}{}", stem, ++names_); }

  Text statements(Law& law, int n, int depth) {
    Text text;
    const std::size_t seen = nodes_.size(), shared = shared_.size();
    for (int i = 0; i < n; ++i) {
      text.add(std::string(2, ' '));
      text.add(statement(law, depth));
      text.add("\n");
      if (chance(0.12) && !inside_shared_) {
        nodes_.push_back({fresh("h"), law});
        text.add("  as " + nodes_.back().name + "\n");
      }
    }
    nodes_.resize(seen);
    shared_.resize(shared);
    return text;
  }

  Text one(const std::string& s) { return {s, s}; }

  Text affine(Law& law) {
    law = Law::gaussian;
    if (chance(0.12) && !inside_shared_) {
      if (shared_.empty() || chance(0.3)) {
        shared_.push_back(fresh("w"));
        return one("let " + shared_.back() + " = " + dense() + "; " + shared_.back());
      }
      return one(shared_[below(static_cast<int>(shared_.size()))]);
    }
    if (chance(0.08)) return block();
    return one(dense());
  }

  Text block() {
    const std::string name = fresh("b");
    const std::string argument = real(0.8, 1.4);
    blocks_.add(fmt::format("block {}(s = {}) {{ dense(sigma_w = s{}); {}; dense }}\n", name, argument,
                            chance(0.5) ? ", sigma_b = 0.3" : "", activation()));
    const std::string use = chance(0.5) ? name : fmt::format("{}(s = {})", name, positive(0.7, 1.4));
    return one(use);
  }

  Text statement(Law& law, int depth) {
    const double r = unit();
    if (law == Law::gaussian && r < 0.4) {
      law = Law::other;
      return one(activation());
    }
    if (law != Law::gaussian && r < 0.5) return affine(law);
    if (r < 0.55) return affine(law);
    if (depth > 0 && r < 0.85) return structure(law, depth - 1);
    if (r < 0.89) return one(chance(0.2) ? "identity" : fmt::format("scale({})", signed_real(1.5)));
    if (r < 0.95) centred_ = true;
    if (r < 0.95) return one(chance(0.5) ? "layer_norm" : fmt::format("layer_norm(eps = {})", chance(0.5) ? "0.01" : "1e-6"));
    if (r < 0.97 || law != Law::gaussian) {
      law = law == Law::data ? Law::data : Law::other;
      joins_ = true;
      return one(fmt::format("dropout({})", real(0, 0.6)));
    }
    law = Law::other;
    return one(activation());
  }

  Text structure(Law& law, int depth) {
    const int kind = below(8);
    joins_ = joins_ || kind < 5;
    switch (kind) {
      case 0:
      case 1:
        return residual(law, depth);
      case 2:
        return join("sum", law, depth);
      case 3:
        return join("product", law, depth);
      case 4:
        return join("concat", law, depth);
      default:
        return repeat(law, depth);
    }
  }

  // A body that leaves the law what it was, more often than not.
  Text body(Law& law, int depth) {
    const Law start = law;
    Text text = statements(law, 1 + below(3), depth);
    if (law == start || chance(0.2)) return text;
    if (start == Law::gaussian || law == Law::data || start == Law::data) {
      text.add("  " + dense() + "\n");
      law = Law::gaussian;
    } else if (law == Law::gaussian) {
      text.add("  " + activation() + "\n");
      law = Law::other;
    }
    return text;
  }

  Text residual(Law& law, int depth) {
    if (law == Law::data && !widths_ && chance(0.7)) return affine(law);
    Law inner = law, other = law;
    Text text = one(chance(0.3) ? fmt::format("residual(scale = {}) {{\n", positive(0.3, 1.2)) : "residual {\n");
    text.add(body(inner, depth));
    text.add("  }");
    if (chance(0.3)) {
      text.add(" shortcut {\n");
      text.add(body(other, depth));
      text.add("  }");
    }
    law = inner == other ? inner : Law::other;
    return text;
  }

  Text join(const char* kind, Law& law, int depth) {
    const int n = chance(0.8) ? 2 : 3;
    const bool sum = std::string(kind) == "sum", concat = std::string(kind) == "concat";
    Text text = one(kind);
    if ((sum && chance(0.3)) || (concat && chance(0.4))) {
      std::string weights;
      for (int i = 0; i < n; ++i) weights += (i ? ", " : "") + (sum ? signed_real(1.3) : real(0.5, 3));
      text.add("(weights = [" + weights + "])");
    }
    text.add(" {\n");
    Law joined = law;
    for (int i = 0; i < n; ++i) {
      Law branch = law;
      text.add("  branch");
      if (chance(0.25) && !inside_shared_) {
        const auto& node = nodes_[below(static_cast<int>(nodes_.size()))];
        text.add(" from " + node.name);
        branch = node.law;
      }
      text.add(" {\n");
      text.add(body(branch, depth));
      if (branch == Law::data) {
        text.add("  " + dense() + "\n");
        branch = Law::gaussian;
      }
      text.add("  }\n");
      joined = i == 0 ? branch : joined == branch ? joined : Law::other;
    }
    text.add("  }");
    law = joined == Law::gaussian && (sum || concat) ? Law::gaussian : Law::other;
    return text;
  }

  Text repeat(Law& law, int depth) {
    Text text;
    if (law == Law::data && (!widths_ || chance(0.8))) {
      text.add(affine(law));
      text.add("\n  ");
    }
    const int count = chance(0.1) ? 0 : chance(0.2) ? 5 : 1 + below(3);
    const bool shared = chance(0.3);
    const bool outer = inside_shared_;
    inside_shared_ = inside_shared_ || shared;
    loops_ = true;
    const Law start = law;
    Text round = body(law, depth);
    if (law != start && start == Law::gaussian) {
      round.add("  " + dense() + "\n");
      law = start;
    } else if (law != start) {
      law = Law::other;
    }
    inside_shared_ = outer;
    text.loops += fmt::format("repeat {}{} {{\n{}  }}", count, shared ? " shared" : "", round.loops);
    if (count == 0) law = start;
    if (shared && count > 0) {  // one instance of a block, used in each round
      const std::string block = fresh("b"), use = fresh("w");
      blocks_.plain += fmt::format("block {} {{\n{}}}\n", block, round.plain);
      text.plain += fmt::format("let {} = {}\n", use, block);
      for (int i = 0; i < count; ++i) text.plain += "  " + use + "\n";
    } else if (count > 0) {
      for (int i = 0; i < count; ++i) text.plain += fmt::format("{}sum {{ branch {{\n{}  }} }}", i ? "\n  " : "", round.plain);
    } else {
      text.plain += "identity";
    }
    return text;
  }

  struct Named {
    std::string name;
    Law law;
  };
  bool second_input_ = false, loops_ = false, centred_ = false, joins_ = false, inside_shared_ = false;
  int names_ = 0;
  std::vector<std::string> shared_;
  std::vector<Named> nodes_;
  Text blocks_;
};

}  // namespace

RandomSpec random_spec(std::uint64_t seed) { return Generator(seed).run(); }

}  // namespace ntkc::tests
