// Values as what an argument's type wants: units and ranges, structural or not.
#include <algorithm>

#include "sema/analyzer.hpp"
#include "sema/functions.hpp"
#include "sema/suggest.hpp"

namespace ntkc::sema {

using expr::Expr;
using graph::Argument;
using graph::ArgumentType;
using graph::ArgValue;
using Exact = numeric::Number;

namespace {

constexpr double kLargestInteger = 9007199254740992.0;  // 2^53: beyond it a double skips integers

const char* wanted(ArgumentType type) {
  switch (type) {
    case ArgumentType::real:
      return "a number";
    case ArgumentType::nonnegative:
      return "a number not below 0";
    case ArgumentType::positive:
      return "a number above 0";
    case ArgumentType::rate:
      return "a number from 0 to below 1 (the probability to drop)";
    case ArgumentType::integer:
      return "a whole number";
    case ArgumentType::count:
      return "a whole number not below 0";
    case ArgumentType::size:
      return "a whole number from 1";
    case ArgumentType::boolean:
      return "true or false";
    case ArgumentType::word:
      return "a word";
    case ArgumentType::sizes:
      return "a whole number from 1, or a list of them";
    case ArgumentType::axes:
      return "`channel`, `all`, or a list of axis numbers";
    case ArgumentType::reals:
      return "a list of numbers";
    case ArgumentType::weights:
      return "a list of numbers, or of lists of equal length";
    case ArgumentType::activation:
      return "the name of an activation";
  }
  return "";
}

bool within(ArgumentType type, const Exact& n) {
  switch (type) {
    case ArgumentType::nonnegative:
      return n >= Exact(0);
    case ArgumentType::positive:
      return n > Exact(0);
    case ArgumentType::rate:
      return n >= Exact(0) && n < Exact(1);
    case ArgumentType::integer:
      return n.is_integer() && n <= Exact(kLargestInteger) && n >= Exact(-kLargestInteger);
    case ArgumentType::count:
      return n.is_integer() && n >= Exact(0) && n <= Exact(kLargestInteger);
    case ArgumentType::size:
    case ArgumentType::sizes:
      return n.is_integer() && n >= Exact(1) && n <= Exact(kLargestInteger);
    default:
      return true;
  }
}

bool integral(ArgumentType type) {
  return type == ArgumentType::integer || type == ArgumentType::count || type == ArgumentType::size || type == ArgumentType::sizes;
}

}  // namespace

// A real within its unit now; a run-time param keeps being checked against its own range by the evaluator.
std::optional<Expr> Analyzer::real(const Value& value, const Argument& type) {
  if (!value.as<sema::Number>()) {
    if (!value.poisoned()) diagnostics_->report(Code::wrong_type, value.span, type.name, wanted(type.type), describe(value));
    return std::nullopt;
  }
  const Expr& e = value.as<sema::Number>()->e;
  if (expr::depends_on_variable(e) || size_in(e)) return e;
  const Exact now = present(e);
  if (!now.is_finite()) {
    diagnostics_->report(Code::not_finite, value.span, fmt::format("{}", now.to_double()));
    return std::nullopt;
  }
  if (within(type.type, now)) return e;
  diagnostics_->report(Code::out_of_range, value.span, type.name, wanted(type.type), fmt::format("{}", now.to_double()));
  return std::nullopt;
}

std::optional<ArgValue> Analyzer::convert(const Value& value, const Argument& type, std::string_view owner) {
  if (value.poisoned()) return std::nullopt;
  const bool optional = std::ranges::find(type.words, "none") != type.words.end();
  const auto* word = value.as<Word>();
  if (optional && (value.as<None>() || (word && word->text == "none"))) return ArgValue{};
  switch (type.type) {
    case ArgumentType::word: {
      std::string text = word ? word->text : "";
      if (const LayerRef* ref = value.layer(); ref && !ref->complete) text = ref->name;
      if (!text.empty() && std::ranges::find(type.words, text) != type.words.end()) return ArgValue{text, value.span, true};
      std::string list;
      std::vector<std::string> names;
      for (const std::string_view w : type.words) {
        list += (list.empty() ? "`" : ", `") + std::string(w) + "`";
        names.emplace_back(w);
      }
      diagnostics_->report(Code::bad_word, value.span, type.name, owner, list).suggest(text.empty() ? "" : did_you_mean(text, names));
      return std::nullopt;
    }
    case ArgumentType::sizes:
    case ArgumentType::axes:
    case ArgumentType::reals:
    case ArgumentType::weights: {
      if (word && std::ranges::find(type.words, word->text) != type.words.end()) return ArgValue{word->text, value.span, true};
      const auto* list = value.as<List>();
      if (!list && type.type == ArgumentType::sizes) return convert_plain(value, type, owner);
      if (!list && type.type == ArgumentType::axes && value.as<sema::Number>()) {
        auto one = convert(Value{List{{value}}, value.span}, type, owner);
        return one;
      }
      if (!list) {
        diagnostics_->report(Code::wrong_type, value.span, type.name, wanted(type.type), describe(value));
        return std::nullopt;
      }
      graph::ArgList items;
      bool failed = list->items.empty();
      if (failed) diagnostics_->report(Code::wrong_type, value.span, type.name, wanted(type.type), "an empty list");
      const bool rows = type.type == ArgumentType::weights && !failed && list->items.front().as<List>();
      const ArgumentType item = type.type == ArgumentType::sizes  ? ArgumentType::size
                                : type.type == ArgumentType::axes ? ArgumentType::integer
                                                                  : ArgumentType::real;
      for (const Value& v : list->items) {
        const Argument of_item{type.name, rows ? ArgumentType::reals : item, "", ""};
        auto converted = convert(v, of_item, owner);
        if (converted && item == ArgumentType::real && !rows) {  // lists are structural
          const auto fixed = constant(converted->real(), v.span);
          if (fixed)
            converted->value = Expr(*fixed);
          else
            converted.reset();
        }
        if (converted && rows && !items.empty() && converted->list().size() != items.front().list().size()) {
          diagnostics_->report(Code::wrong_type, v.span, type.name, wanted(type.type), "lists of unequal length");
          converted.reset();
        }
        if (!converted)
          failed = true;
        else
          items.push_back(std::move(*converted));
      }
      if (failed) return std::nullopt;
      return ArgValue{std::move(items), value.span, true};
    }
    default:
      return convert_plain(value, type, owner);
  }
}

std::optional<ArgValue> Analyzer::convert_plain(const Value& value, const Argument& type, std::string_view) {
  if (type.type == ArgumentType::boolean) {
    if (const auto* t = value.as<Truth>())
      if (const auto fixed = constant(t->e, value.span)) return ArgValue{!(*fixed == Exact(0)), value.span, true};
    diagnostics_->report(Code::wrong_type, value.span, type.name, wanted(type.type), describe(value));
    return std::nullopt;
  }
  if (type.type == ArgumentType::activation) {
    const LayerRef* ref = value.layer();
    bool failed = false;
    if (ref && ref->kind == LayerRef::Kind::defined) {
      const Expr e = phi(*ref, ref->bound, Expr::variable(), value.span, &failed);
      return failed ? std::nullopt : std::optional(ArgValue{e, value.span, true});
    }
    if (ref && ref->kind == LayerRef::Kind::activation) {
      const auto args = complete(ref->activation->arguments, *ref, ref->bound, nullptr, value.span);
      return args ? std::optional(ArgValue{ref->activation->phi(*args), value.span, true}) : std::nullopt;
    }
    diagnostics_->report(Code::wrong_type, value.span, type.name, wanted(type.type), describe(value));
    return std::nullopt;
  }
  auto e = real(value, type);
  if (!e) return std::nullopt;
  if (!integral(type.type)) return ArgValue{*e, value.span, true};
  const auto fixed = constant(*e, value.span);
  if (!fixed) return std::nullopt;
  return ArgValue{static_cast<std::int64_t>(fixed->to_double()), value.span, true};
}

}  // namespace ntkc::sema
