// The grammar's own X3 parsers: words and symbols that can name themselves, and three directives.
#pragma once
#include <boost/spirit/home/x3.hpp>
#include <string>
#include <string_view>

#include "grammar/state.hpp"

namespace ntkc::grammar {

namespace x3 = boost::spirit::x3;

struct state_tag;
template <class Context>
State& state_of(const Context& context) {
  return x3::get<state_tag>(context).get();
}

// A word of the language: "repeat" is not the beginning of "repeats".
struct word : x3::parser<word> {
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;
  explicit constexpr word(std::string_view spelling) : spelling(spelling) {}
  std::string_view spelling;

  template <class Iterator, class Context, class RContext, class Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, RContext&, Attribute&) const {
    x3::skip_over(first, last, context);
    const auto size = static_cast<std::ptrdiff_t>(spelling.size());
    if (last - first < size || std::string_view(first, spelling.size()) != spelling) return false;
    if (last - first > size && is_word_part(first[size])) return false;
    first += size;
    return true;
  }
};

// A symbol that is not the beginning of a longer one: `except` cannot follow it.
struct symbol : x3::parser<symbol> {
  using attribute_type = x3::unused_type;
  static constexpr bool has_attribute = false;
  explicit constexpr symbol(std::string_view spelling, char except = '\0') : spelling(spelling), except(except) {}
  std::string_view spelling;
  char except;

  template <class Iterator, class Context, class RContext, class Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, RContext&, Attribute&) const {
    x3::skip_over(first, last, context);
    const auto size = static_cast<std::ptrdiff_t>(spelling.size());
    if (last - first < size || std::string_view(first, spelling.size()) != spelling) return false;
    if (except != '\0' && last - first > size && first[size] == except) return false;
    first += size;
    return true;
  }
};

// spanned[p]: the rule's value gets the span of p, without blanks around it.
template <class Subject>
struct spanned_directive : x3::unary_parser<Subject, spanned_directive<Subject>> {
  using base_type = x3::unary_parser<Subject, spanned_directive<Subject>>;
  static constexpr bool is_pass_through_unary = true;
  explicit constexpr spanned_directive(const Subject& subject) : base_type(subject) {}

  template <class Iterator, class Context, class RContext, class Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, RContext& value, Attribute& attribute) const {
    x3::skip_over(first, last, context);
    const Iterator begin = first;
    if (!this->subject.parse(first, last, context, value, attribute)) return false;
    value.span = state_of(context).span(begin, first);
    return true;
  }
};

// nested[p]: one level deeper inside p.
template <class Subject>
struct nested_directive : x3::unary_parser<Subject, nested_directive<Subject>> {
  using base_type = x3::unary_parser<Subject, nested_directive<Subject>>;
  static constexpr bool is_pass_through_unary = true;
  int levels;
  constexpr nested_directive(const Subject& subject, int levels) : base_type(subject), levels(levels) {}

  template <class Iterator, class Context, class RContext, class Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, RContext& value, Attribute& attribute) const {
    State& state = state_of(context);
    const struct Restore {
      int& depth;
      int saved;
      ~Restore() { depth = saved; }
    } restore{state.depth, state.depth};
    state.deepen(first, levels);
    return this->subject.parse(first, last, context, value, attribute);
  }
};

// recovering(where)[p]: p must be there; a fault in it is reported, and the grammar goes on at a safe place.
using Resume = const char* (State::*)(const char* start, const char* where) const;
template <class Subject>
struct recovering_directive : x3::unary_parser<Subject, recovering_directive<Subject>> {
  using base_type = x3::unary_parser<Subject, recovering_directive<Subject>>;
  static constexpr bool is_pass_through_unary = true;
  Resume resume;
  constexpr recovering_directive(const Subject& subject, Resume resume) : base_type(subject), resume(resume) {}

  template <class Iterator, class Context, class RContext, class Attribute>
  bool parse(Iterator& first, const Iterator& last, const Context& context, RContext& value, Attribute& attribute) const {
    x3::skip_over(first, last, context);
    const Iterator start = first;
    State& state = state_of(context);
    try {
      if (!this->subject.parse(first, last, context, value, attribute))
        throw x3::expectation_failure<Iterator>(first, x3::what(this->subject));
    } catch (const x3::expectation_failure<Iterator>& failure) {
      first = (state.*resume)(start, state.expected(failure.where(), failure.which()));
    }
    return true;
  }
};

// The generators: spanned[p], nested[p], own_depth[p], recovering(where)[p].
struct {
  template <class P>
  constexpr auto operator[](const P& p) const {
    return spanned_directive<typename x3::extension::as_parser<P>::value_type>(x3::as_parser(p));
  }
} constexpr spanned;

struct Nested {
  int levels;
  template <class P>
  constexpr auto operator[](const P& p) const {
    return nested_directive<typename x3::extension::as_parser<P>::value_type>(x3::as_parser(p), levels);
  }
};
constexpr Nested nested{1};
constexpr Nested own_depth{0};  // p may deepen by itself; afterwards the depth is what it was

struct recovering {
  Resume resume;
  constexpr explicit recovering(Resume resume) : resume(resume) {}
  template <class P>
  constexpr auto operator[](const P& p) const {
    return recovering_directive<typename x3::extension::as_parser<P>::value_type>(x3::as_parser(p), resume);
  }
};

// What x3::raw gives.
inline std::string_view text_of(const boost::iterator_range<const char*>& range) {
  return {range.begin(), static_cast<std::size_t>(range.end() - range.begin())};
}

// Semantic actions: put what was parsed into a member of the rule's value, or at the end of one.
constexpr auto to = [](auto member) { return [member](auto& context) { x3::_val(context).*member = std::move(x3::_attr(context)); }; };
constexpr auto append = [](auto member) {
  return [member](auto& context) { (x3::_val(context).*member).push_back(std::move(x3::_attr(context))); };
};
constexpr auto yes = [](auto member) { return [member](auto& context) { x3::_val(context).*member = true; }; };

}  // namespace ntkc::grammar

namespace boost::spirit::x3 {
template <>
struct get_info<ntkc::grammar::word> {
  using result_type = std::string;
  std::string operator()(const ntkc::grammar::word& p) const { return "`" + std::string(p.spelling) + "`"; }
};
template <>
struct get_info<ntkc::grammar::symbol> {
  using result_type = std::string;
  std::string operator()(const ntkc::grammar::symbol& p) const { return "`" + std::string(p.spelling) + "`"; }
};

// What composed parsers expect is what their beginning expects.
template <class Subject, class Action>
struct get_info<action<Subject, Action>> {
  using result_type = std::string;
  std::string operator()(const action<Subject, Action>& p) const { return what(p.subject); }
};
template <class Subject>
struct get_info<plus<Subject>> {
  using result_type = std::string;
  std::string operator()(const plus<Subject>& p) const { return what(p.subject); }
};
template <class Left, class Right>
struct get_info<sequence<Left, Right>> {
  using result_type = std::string;
  std::string operator()(const sequence<Left, Right>& p) const { return what(p.left); }
};
template <class Subject>
struct get_info<and_predicate<Subject>> {
  using result_type = std::string;
  std::string operator()(const and_predicate<Subject>& p) const { return what(p.subject); }
};
}  // namespace boost::spirit::x3
