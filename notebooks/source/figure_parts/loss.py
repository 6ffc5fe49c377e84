"""Chapter 04: from a picture's features and a caption to one number, the loss."""

from .pencil import Sheet


def captioning_loss():
    """The layers of the captioner, from top to bottom. features (N, F) go through an affine layer and become h0
    (N, H). captions_in (N, T) go through the word embedding and become vectors (N, T, D). The RNN makes of both h
    (N, T, H), the temporal affine layer makes scores (N, T, V), and the masked softmax compares them with
    captions_out (N, T) and gives the loss. Each layer's weights stand beside it."""
    sheet = Sheet(800, 640)
    affine_x, words_x, middle, weights_x = 250, 470, 360, 690
    features = sheet.box(affine_x, 50, "features", "input", w=150, h=52, below="(N, F)")
    captions_in = sheet.box(words_x, 50, "captions_in", "input", w=150, h=52, below="(N, T)")
    affine = sheet.layer(affine_x, 152, "affine", w=170)
    embedding = sheet.layer(words_x, 152, "word embedding", w=186)
    network = sheet.layer(middle, 274, "RNN  or  LSTM", w=390)
    vocab = sheet.layer(middle, 384, "temporal affine", w=390)
    softmax = sheet.layer(middle, 494, "masked softmax", w=390)
    loss = sheet.box(middle, 590, "loss", "output", w=150, h=52, below="one number")

    W_proj = sheet.box(78, 152, "W_proj", "weight", w=104, h=52, below="b_proj")
    W_embed = sheet.box(weights_x, 152, "W_embed", "weight", w=130)
    Wx = sheet.box(weights_x, 274, "Wx, Wh, b", "weight", w=130)
    W_vocab = sheet.box(weights_x, 384, "W_vocab", "weight", w=130, h=52, below="b_vocab")
    captions_out = sheet.box(weights_x, 494, "captions_out", "input", w=146, h=52, below="(N, T)")
    for weights, layer in ((W_proj, affine), (W_embed, embedding), (Wx, network), (W_vocab, vocab)):
        sheet.arrow(weights, layer, "weight")
    sheet.arrow(captions_out, softmax, "input")
    sheet.text(weights_x, 540, "<NULL> does not count", size=15)

    sheet.arrow(features, affine, "input")
    sheet.arrow(captions_in, embedding, "input")
    sheet.arrow(affine, (affine_x, network.y - 24), "state")
    sheet.arrow(embedding, (words_x, network.y - 24), "input")
    sheet.arrow(network, vocab, "state")
    sheet.arrow(vocab, softmax, "output")
    sheet.arrow(softmax, loss, "output")
    for x, y, text, role in (
        (affine_x, 214, "h0  (N, H)", "state"),
        (words_x, 214, "vectors  (N, T, D)", "input"),
        (middle, 330, "h  (N, T, H)", "state"),
        (middle, 440, "scores  (N, T, V)", "output"),
    ):
        sheet.text(x + 14, y, text, ha="left", code=True, size=16, role=role)

    sheet.arrow((78, 590), (78, 214), "gradient", width=2.4)
    sheet.text(96, 560, "backward:", ha="left", role="gradient")
    sheet.text(96, 582, "layer by layer,", ha="left", role="gradient")
    sheet.text(96, 604, "from below", ha="left", role="gradient")
    return sheet
