// Expressions as values: construction with constant folding, access, equality, substitution.
#include "expr/expr.hpp"

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

#include "expr/apply.hpp"
#include "expr/node.hpp"
#include "numeric/real.hpp"

namespace ntkc::expr {
namespace {

struct FunctionInfo {
  std::string_view name;
  int arity;
};
constexpr FunctionInfo kFunctions[] = {
#define NTK_FUNCTION(name, arity) {#name, arity},
#include "expr/functions.def"
#undef NTK_FUNCTION
};

using Memo = std::unordered_map<const void*, Expr>;

// e with every leaf replaced by leaf(e); what does not change is shared.
template <class Leaf>
Expr rebuilt(const Expr& e, const Leaf& leaf, Memo& memo) {
  if (e.kind() != Expr::Kind::call) return leaf(e);
  if (const auto found = memo.find(e.identity()); found != memo.end()) return found->second;
  std::vector<Expr> args;
  bool same = true;
  for (const Expr& arg : e.args()) {
    args.push_back(rebuilt(arg, leaf, memo));
    same = same && args.back().identity() == arg.identity();
  }
  Expr made = same ? e : Expr::call(e.function(), std::move(args));
  memo.emplace(e.identity(), made);
  return made;
}

}  // namespace

std::string_view name(Function function) { return kFunctions[static_cast<std::size_t>(function)].name; }
#define NTK_FUNCTION(name, arity) static_assert(arity <= kMostArguments);
#include "expr/functions.def"
#undef NTK_FUNCTION
int arity(Function function) { return kFunctions[static_cast<std::size_t>(function)].arity; }

const Function* find_function(std::string_view name) {
  static constexpr Function kAll[] = {
#define NTK_FUNCTION(name, arity) Function::name,
#include "expr/functions.def"
#undef NTK_FUNCTION
  };
  for (const Function& f : kAll)
    if (expr::name(f) == name) return &f;
  return nullptr;
}

Expr::Expr(numeric::Number value) {
  auto node = std::make_shared<Node>();
  node->value = std::move(value);
  node_ = std::move(node);
}

Expr Expr::variable() {
  static const Expr x = [] {
    auto node = std::make_shared<Node>();
    node->kind = Kind::variable;
    node->varies = true;
    return Expr(std::shared_ptr<const Node>(std::move(node)));
  }();
  return x;
}

Expr Expr::param(std::string name) {
  auto node = std::make_shared<Node>();
  node->kind = Kind::param;
  node->param = std::move(name);
  return Expr(std::shared_ptr<const Node>(std::move(node)));
}

Expr Expr::call(Function function, std::vector<Expr> args) {
  if (static_cast<int>(args.size()) != arity(function)) throw std::logic_error("a call with a wrong number of arguments");
  if (std::all_of(args.begin(), args.end(), [](const Expr& a) { return a.is_constant(); })) {
    numeric::Float100 values[kMostArity];
    for (std::size_t i = 0; i < args.size(); ++i) values[i] = numeric::value(args[i].value());
    return Expr(numeric::make(apply<numeric::Float100>(function, values)));
  }
  auto node = std::make_shared<Node>();
  node->kind = Kind::call;
  node->function = function;
  node->args = std::move(args);
  node->varies = std::any_of(node->args.begin(), node->args.end(), [](const Expr& a) { return a.node_->varies; });
  return Expr(std::shared_ptr<const Node>(std::move(node)));
}

Expr::Kind Expr::kind() const { return node_->kind; }
const numeric::Number& Expr::value() const { return node_->value; }
const std::string& Expr::param_name() const { return node_->param; }
Function Expr::function() const { return node_->function; }
const std::vector<Expr>& Expr::args() const { return node_->args; }

bool operator==(const Expr& a, const Expr& b) {
  if (a.node_ == b.node_) return true;
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Expr::Kind::constant:
      return a.value() == b.value();
    case Expr::Kind::variable:
      return true;
    case Expr::Kind::param:
      return a.param_name() == b.param_name();
    case Expr::Kind::call:
      return a.function() == b.function() && a.args() == b.args();
  }
  return false;
}

Expr operator+(Expr a, Expr b) { return Expr::call(Function::add, {std::move(a), std::move(b)}); }
Expr operator-(Expr a, Expr b) { return Expr::call(Function::sub, {std::move(a), std::move(b)}); }
Expr operator*(Expr a, Expr b) { return Expr::call(Function::mul, {std::move(a), std::move(b)}); }
Expr operator/(Expr a, Expr b) { return Expr::call(Function::div, {std::move(a), std::move(b)}); }
Expr operator-(Expr a) { return Expr::call(Function::neg, {std::move(a)}); }
Expr operator<(Expr a, Expr b) { return Expr::call(Function::less, {std::move(a), std::move(b)}); }

Expr substitute(const Expr& e, const Expr& x) {
  Memo memo;
  return rebuilt(
      e, [&](const Expr& leaf) { return leaf.kind() == Expr::Kind::variable ? x : leaf; }, memo);
}

Expr substitute_params(const Expr& e, const std::map<std::string, Expr>& values) {
  Memo memo;
  const auto leaf = [&](const Expr& l) {
    if (l.kind() != Expr::Kind::param) return l;
    const auto found = values.find(l.param_name());
    return found == values.end() ? l : found->second;
  };
  return rebuilt(e, leaf, memo);
}

std::set<std::string> params_of(const Expr& e) {
  std::set<std::string> names;
  Memo memo;
  rebuilt(
      e,
      [&](const Expr& leaf) {
        if (leaf.kind() == Expr::Kind::param) names.insert(leaf.param_name());
        return leaf;
      },
      memo);
  return names;
}

bool depends_on_variable(const Expr& e) { return e.node_->varies; }

}  // namespace ntkc::expr
