// Names, numbers and strings.
#include <charconv>

#include "grammar/rules.hpp"

namespace ntkc::grammar {
namespace {

// std::from_chars is the same in every locale. A number too small for a double is no fault: the compiler has more digits.
constexpr std::size_t kLongestNumber = 1000;

constexpr auto take_name = [](auto& context) {
  const auto text = text_of(x3::_attr(context));
  x3::_pass(context) = !is_reserved(text);
  x3::_val(context).text = text;
};

constexpr auto take_first = [](auto& context) { x3::_val(context).text = std::move(x3::_attr(context).text); };
constexpr auto append_name = [](auto& context) { x3::_val(context).text.append(".").append(x3::_attr(context).text); };

// digits [ "." digits ] [ exponent ], digits on at least one side of the point
bool is_number(std::string_view text) {
  const auto digits = [&] {
    std::size_t count = 0;
    while (count < text.size() && is_digit(text[count])) ++count;
    text.remove_prefix(count);
    return count;
  };
  std::size_t count = digits();
  if (text.starts_with('.')) text.remove_prefix(1), count += digits();
  if (count == 0) return false;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

bool overflows(std::string_view text) {
  double value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc::result_out_of_range) return false;
  // Out of range is also what is too small: then its first digit stands behind the point after all, or its exponent is negative.
  const auto exponent = text.find_first_of("eE");
  const bool negative = exponent != text.npos && text[exponent + 1] == '-';
  const auto digit = text.find_first_of("123456789");
  return !negative && digit < std::min(exponent, text.find('.'));
}

bool check_length(State& state, std::string_view text) {
  if (text.size() <= kLongestNumber) return true;
  state.report_at(Code::number_too_long, text.substr(0, 20), text.size(), kLongestNumber);
  return false;
}

constexpr auto take_number = [](auto& context) {
  State& state = state_of(context);
  const auto text = text_of(x3::_attr(context));
  x3::_val(context).text = text;
  if (!check_length(state, text)) return;
  if (!is_number(text)) {
    state.report_at(Code::malformed_number, text, text).suggest("numbers are decimal: `2`, `0.5`, `1e-3`");
  } else if (overflows(text)) {
    state.report_at(Code::number_too_large, text, text).suggest("the largest number is about 1.8e308; `inf` is infinity");
  }
};

constexpr auto take_integer = [](auto& context) {
  State& state = state_of(context);
  const auto text = text_of(x3::_attr(context));
  std::uint64_t value = 0;
  x3::_val(context).value = value;
  if (!check_length(state, text)) return;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ptr != text.data() + text.size()) {
    state.report_at(Code::not_an_integer, text, text).suggest("whole numbers are written with digits alone, such as `784`");
  } else if (result.ec == std::errc::result_out_of_range) {
    state.report_at(Code::number_too_large, text, text).suggest("the largest whole number is 18446744073709551615");
  }
  x3::_val(context).value = value;
};

constexpr auto take_string = [](auto& context) {
  State& state = state_of(context);
  const auto text = text_of(x3::_attr(context));
  ast::Expr& value = x3::_val(context);
  value.kind = ast::Expr::Kind::string;
  std::size_t at = 1;
  for (; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      value.text += text[at];
      continue;
    }
    const char escape = text[++at];
    constexpr std::string_view escapes = "\"\\nt", meanings = "\"\\\n\t";
    const auto found = escapes.find(escape);
    if (found == escapes.npos)
      state.report_at(Code::unknown_escape, text.substr(at - 1, 2)).suggest("the escapes are `\\\"`, `\\\\`, `\\n` and `\\t`");
    else
      value.text += meanings[found];
  }
  if (at >= text.size()) state.report_at(Code::unterminated_string, text.substr(0, 1)).suggest("close it with `\"` on the same line");
};

// Everything that runs on after a digit belongs to the number, right or wrong, as in next_token.
const auto digit = x3::char_('0', '9');
const auto letter = x3::char_("A-Za-z_");
const auto numeral =
    x3::raw[x3::lexeme[(digit | (x3::char_('.') >> digit)) >> *((x3::char_("eE") >> x3::char_("+-")) | letter | digit | x3::char_('.'))]];

const auto name_def = spanned[x3::raw[x3::lexeme[letter >> *(letter | digit)]][take_name]];
const auto qname_def = spanned[name[take_first] >> *(symbol(".") > name[append_name])];
const auto number_def = spanned[numeral[take_number]];
const auto integer_def = spanned[numeral[take_integer]];
const auto string_def =
    spanned[x3::raw[x3::lexeme['"' >> *(('\\' >> (x3::char_ - x3::eol)) | (x3::char_ - '"' - x3::eol)) >> -x3::lit('"')]][take_string]];

}  // namespace

BOOST_SPIRIT_DEFINE(name, qname, number, integer, string)
BOOST_SPIRIT_INSTANTIATE(decltype(name), iterator_type, context_type)
BOOST_SPIRIT_INSTANTIATE(decltype(qname), iterator_type, context_type)
BOOST_SPIRIT_INSTANTIATE(decltype(number), iterator_type, context_type)
BOOST_SPIRIT_INSTANTIATE(decltype(integer), iterator_type, context_type)
BOOST_SPIRIT_INSTANTIATE(decltype(string), iterator_type, context_type)

}  // namespace ntkc::grammar
