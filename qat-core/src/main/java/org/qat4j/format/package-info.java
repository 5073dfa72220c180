/** The file format of frozen models, described in docs/model-format.md. */
package org.qat4j.format;
