#include "uses.hpp"

#include <algorithm>
#include <stdexcept>

namespace ntkc::test {
namespace {

graph::ArgValue value_of(const std::string& text, graph::ArgumentType type) {
  graph::ArgValue out;
  if (type == graph::ArgumentType::count || type == graph::ArgumentType::size) {
    out.value = std::int64_t{std::stoll(text)};
  } else if (type == graph::ArgumentType::reals) {
    graph::ArgList list;
    std::string item;
    for (const char c : text + ",") {
      if (c == '[' || c == ']' || c == ' ') continue;
      if (c != ',') {
        item += c;
        continue;
      }
      graph::ArgValue number;
      number.value = expr::Expr(numeric::Number::parse(item));
      list.push_back(number);
      item.clear();
    }
    out.value = list;
  } else {
    out.value = expr::Expr(numeric::Number::parse(text));
  }
  return out;
}

template <class Make>
Form form(const Make& make) {
  Form f;
  ir::Builder b(f.program);
  if (const std::optional<ir::Value> v = make(b)) f.value = *v, f.given = true;
  return f;
}

ir::Builder::Covariance leaves(ir::Builder& b) { return {b.param("q1"), b.param("q2"), b.param("c"), b.param("D"), b.param("gram")}; }

}  // namespace

Use use(const std::string& text) {
  const std::size_t open = text.find('(');
  const std::string name = text.substr(0, open);
  const activations::Activation* row = activations::find(name);
  if (!row) throw std::logic_error("no activation " + name);
  std::map<std::string, std::string> given;
  if (open != std::string::npos) {
    std::string inside = text.substr(open + 1, text.size() - open - 2);
    if (inside.front() == '[') given[std::string(row->arguments[0].name)] = inside;
    for (std::size_t at = 0; inside.front() != '[' && at < inside.size();) {
      const std::size_t comma = std::min(inside.find(',', at), inside.size()), equal = inside.find(" = ", at);
      given[inside.substr(at, equal - at)] = inside.substr(equal + 3, comma - equal - 3);
      at = comma + 2;
    }
  }
  Use out{text, row, {}};
  for (const graph::Argument& a : row->arguments) {
    const std::string n(a.name);
    out.args[n] = value_of(given.count(n) ? given[n] : std::string(a.fallback), a.type);
  }
  return out;
}

bool has_moments(const Use& use, double q) {
  const auto most = use.row->largest_variance ? use.row->largest_variance(use.args) : std::nullopt;
  return !most || q < expr::evaluate(*most, 0, {});
}

std::vector<Use> all_uses() {
  std::vector<Use> uses;
  for (const activations::Activation& row : activations::all()) {
    if (row.examples.empty()) uses.push_back(use(std::string(row.name)));
    for (const std::string_view example : row.examples) uses.push_back(use(std::string(example)));
  }
  return uses;
}

bool by_integral(const Form& form) {
  constexpr expr::Function kIntegrals[] = {
#define NTK_FUNCTION(name, arity)
#define NTK_FORM(name, arity)
#define NTK_WEDGE(name, arity) expr::Function::name,
#include "expr/functions.def"
#undef NTK_FUNCTION
  };
  return std::ranges::any_of(form.program.nodes, [&](const ir::Node& node) {
    return node.op == ir::Op::call && std::ranges::find(kIntegrals, node.function) != std::end(kIntegrals);
  });
}

Form dual(const Use& use, int i, int j) {
  return form([&](ir::Builder& b) { return use.row->closed->dual(b, use.args, leaves(b), i, j); });
}
Form distance(const Use& use) {
  return form([&](ir::Builder& b) { return use.row->closed->distance ? use.row->closed->distance(b, use.args, leaves(b)) : std::nullopt; });
}
Form gram(const Use& use) {
  return form([&](ir::Builder& b) { return use.row->closed->gram ? use.row->closed->gram(b, use.args, leaves(b)) : std::nullopt; });
}
Form mean(const Use& use, int order) {
  return form(
      [&](ir::Builder& b) { return use.row->closed->mean ? use.row->closed->mean(b, use.args, b.param("q"), order) : std::nullopt; });
}

}  // namespace ntkc::test
