/** Pretrained encoders of the BERT family: their files, their tokenizers and their networks. */
package org.qat4j.encoder;
