// What stands at the top of a file.
#include "grammar/rules.hpp"

namespace ntkc::grammar {
namespace {

constexpr std::uint64_t kLanguageVersion = 1;

constexpr auto take_node = [](auto& context) { x3::_val(context).node = std::move(x3::_attr(context)); };
constexpr auto take_path = [](auto& context) {
  x3::_val(context).path = std::move(x3::_attr(context).text);
  x3::_val(context).path_span = x3::_attr(context).span;
};
constexpr auto take_version = [](auto& context) {
  const ast::Dim& version = x3::_attr(context);
  x3::_val(context).version = std::get<std::uint64_t>(version.value);
  x3::_val(context).version_span = version.span;
  if (x3::_val(context).version == kLanguageVersion) return;
  State& state = state_of(context);
  const std::string_view text(state.end() - (state.span(state.end(), state.end()).begin - version.span.begin),
                              version.span.end - version.span.begin);
  state.report_at(Code::unknown_version, text, text, kLanguageVersion).suggest(fmt::format("write `ntk {}`", kLanguageVersion));
  throw Abandon{};
};
constexpr auto add_parameter = [](auto& context) { x3::_val(context).parameters.push_back({std::move(x3::_attr(context)), std::nullopt}); };
constexpr auto set_value = [](auto& context) { x3::_val(context).parameters.back().value = std::move(x3::_attr(context)); };

const auto named = (x3::eps > name[add_parameter]) > symbol("=", '=') > expr[set_value];

const auto import_def = ((word("import") > string[take_path]) > -(word("as") > name[to(&ast::Import::as)])) |
                        ((word("from") > string[take_path] > word("import") > name[append(&ast::Import::names)]) >
                         *(symbol(",") > name[append(&ast::Import::names)]));
const auto activation_def = word("activation") > name[to(&ast::Activation::name)] > symbol("(") > name[add_parameter] >
                            *(symbol(",") >> named) > symbol(")") > symbol("=", '=') > expr[to(&ast::Activation::value)];
const auto block_def = word("block") > name[to(&ast::Block::name)] >
                       -(symbol("(") >>
                         (symbol(")") | (named >> *(symbol(",") >> named) >> x3::expect[symbol(")")]))) > body[to(&ast::Block::body)];
const auto network_def = word("network") > name[to(&ast::Network::name)] > body[to(&ast::Network::body)];

const auto item_def = spanned[import[take_node] | param[take_node] | activation[take_node] | block[take_node] | network[take_node]];
const auto file_def = -(word("ntk") > integer[take_version] > -symbol(";")) >>
                      *(!x3::eoi >> recovering(&State::after_item)[item[append(&ast::File::items)]] >> -symbol(";"));

}  // namespace

BOOST_SPIRIT_DEFINE(file, item, import, activation, block, network)
BOOST_SPIRIT_INSTANTIATE(decltype(file), iterator_type, context_type)

}  // namespace ntkc::grammar
