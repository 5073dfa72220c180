package org.qat4j.encoder;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.nd4j.shade.jackson.databind.node.TextNode;

/** Writes a tokenizer.json. */
final class SmallTokenizer {
  private SmallTokenizer() {}

  /**
   * @param pieces [PAD], [UNK], [CLS], [SEP], [MASK], then others
   */
  static String json(List<String> pieces, boolean lowerCase, boolean clean) {
    String added =
        IntStream.range(0, 5)
            .mapToObj(
                i ->
                    """
                    {"id": %d, "content": "%s", "single_word": false, "lstrip": false,
                     "rstrip": false, "normalized": false, "special": true}"""
                        .formatted(i, pieces.get(i)))
            .collect(Collectors.joining(","));
    String vocabulary =
        IntStream.range(0, pieces.size())
            .mapToObj(i -> TextNode.valueOf(pieces.get(i)) + ":" + i)
            .collect(Collectors.joining(","));
    return """
        {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [%s],
         "normalizer": {"type": "BertNormalizer", "clean_text": %s, "handle_chinese_chars": true,
           "strip_accents": null, "lowercase": %s},
         "pre_tokenizer": {"type": "BertPreTokenizer"},
         "post_processor": {"type": "TemplateProcessing",
           "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
             {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
           "pair": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}},
             {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
             {"Sequence": {"id": "B", "type_id": 1}}, {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
           "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
             "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
         "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
         "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
           "max_input_chars_per_word": 100, "vocab": {%s}}}
        """
        .formatted(added, clean, lowerCase, vocabulary);
  }
}
