#include "backends/spelling.hpp"

#include <fmt/format.h>

#include <map>
#include <stdexcept>

namespace ntkc::backends {
namespace {

using expr::Function;

std::string at_level(const Spelled& s, int level) { return s.level < level ? "(" + s.text + ")" : s.text; }

Spelled infix(const Spelled& a, std::string_view sign, const Spelled& b, int level) {
  // the right operand of - and / binds tighter; a leading minus is set apart
  const bool ordered = sign == "-" || sign == "/";
  auto right = at_level(b, ordered || level == Spelled::comparison ? level + 1 : level);
  if (right.starts_with('-')) right = "(" + right + ")";
  return {fmt::format("{} {} {}", at_level(a, level), sign, right), level, a.loose && b.loose, level == Spelled::comparison};
}

Spelled as_mask(Spelled s, std::string_view type) {
  if (s.mask) return s;
  return {fmt::format("::ntk::math::logical_not({} == {})", at_level(s, Spelled::sum), exactly(number(0), type)), Spelled::primary, false,
          true};
}

}  // namespace

Spelled number(double value) {
  auto text = double_literal(value);
  const int level = text.starts_with('-') ? Spelled::unary : Spelled::primary;
  return {std::move(text), level, true, false};
}

Spelled name(std::string text, bool loose) { return {std::move(text), Spelled::primary, loose, false}; }

Spelled as_number(Spelled s, std::string_view type) {
  if (!s.mask) return s;
  return {fmt::format("::ntk::math::select({}, {}, {})", s.text, exactly(number(1), type), exactly(number(0), type))};
}

std::string exactly(const Spelled& s, std::string_view type) {
  if (s.mask) return as_number(s, type).text;
  return s.loose && type != "double" ? fmt::format("{}({})", type, s.text) : s.text;
}

Spelled apply(Function f, std::vector<Spelled> args, std::string_view type) {
  const auto call = [&](bool mask = false) {
    std::string list;
    for (const auto& a : args) list += (list.empty() ? "" : ", ") + (args.size() > 1 && !a.mask ? exactly(a, type) : a.text);
    return Spelled{fmt::format("::ntk::math::{}({})", expr::name(f), list), Spelled::primary, args.size() == 1 && args[0].loose, mask};
  };
  switch (f) {
    case Function::logical_and:
    case Function::logical_or:
    case Function::logical_not:
      for (auto& a : args) a = as_mask(std::move(a), type);
      return call(true);
    case Function::select:
      args[0] = as_mask(std::move(args[0]), type);
      for (std::size_t i = 1; i < 3; ++i) args[i] = as_number(std::move(args[i]), type);
      return call();
    default:
      break;
  }
  for (auto& a : args) a = as_number(std::move(a), type);
  switch (f) {
    case Function::add:
      return infix(args[0], "+", args[1], Spelled::sum);
    case Function::sub:
      return infix(args[0], "-", args[1], Spelled::sum);
    case Function::mul:
      return infix(args[0], "*", args[1], Spelled::term);
    case Function::div:
      return infix(args[0], "/", args[1], Spelled::term);
    case Function::less:
      return infix(args[0], "<", args[1], Spelled::comparison);
    case Function::less_equal:
      return infix(args[0], "<=", args[1], Spelled::comparison);
    case Function::equal:
      return infix(args[0], "==", args[1], Spelled::comparison);
    case Function::neg:
      return {fmt::format("-{}", args[0].text.starts_with('-') ? fmt::format("({})", args[0].text) : at_level(args[0], Spelled::unary)),
              Spelled::unary, args[0].loose};
    default:
      return call();
  }
}

namespace {

// Spells a tree whose shared parts have got names.
class Speller {
 public:
  Speller(std::string_view variable, std::string_view type, std::span<const ParamName> params)
      : variable_(variable), type_(type), params_(params) {}

  void count(const expr::Expr& e) {
    if (++uses_[e.identity()] > 1 || e.kind() != expr::Expr::Kind::call) return;
    for (const auto& a : e.args()) count(a);
  }

  // Statements for the shared parts of e (into `out`, if there is one), then e itself.
  Spelled spell(const expr::Expr& e, Text* out) {
    switch (e.kind()) {
      case expr::Expr::Kind::constant:
        return number(e.value().to_double());
      case expr::Expr::Kind::variable:
        return name(std::string(variable_));
      case expr::Expr::Kind::param:
        for (const auto& p : params_)
          if (p.param == e.param_name()) return name(p.spelling, true);
        throw std::logic_error("backend: no param " + e.param_name());
      case expr::Expr::Kind::call:
        break;
    }
    if (const auto found = names_.find(e.identity()); found != names_.end()) return found->second;
    std::vector<Spelled> args;
    for (const auto& a : e.args()) args.push_back(spell(a, out));
    auto made = apply(e.function(), std::move(args), type_);
    if (!out || (uses_[e.identity()] < 2 && made.text.size() < 100)) return made;
    Spelled named{fmt::format("s{}", names_.size() + 1), Spelled::primary, made.loose, made.mask};
    out->line(fmt::format("const auto {} = {};", named.text, made.text));
    return names_[e.identity()] = named;
  }

 private:
  std::string_view variable_, type_;
  std::span<const ParamName> params_;
  std::map<const void*, int> uses_;       // looked up, never iterated
  std::map<const void*, Spelled> names_;  // the same
};

}  // namespace

void write_function_body(Text& out, const expr::Expr& e, std::string_view variable, std::string_view type,
                         std::span<const ParamName> params) {
  Speller speller(variable, type, params);
  speller.count(e);
  out.line(fmt::format("return {};", exactly(as_number(speller.spell(e, &out), type), type)));
}

std::string spell_params(const expr::Expr& e, std::span<const ParamName> params) {
  return as_number(Speller("", "double", params).spell(e, nullptr), "double").text;
}

}  // namespace ntkc::backends
