"""The engine of the captioning model: the numbers of the plain layers, with less work.

A third of a batch of captions is padding, and the plain layers compute it all. Here the captions are sorted, the
longest first, and what they feed stands in one array, step after step, without any padding: *packed rows*.

    captions, the longest first     fed at step 0    1    2    3
    <START> a red ball <END>              <START>    a  red ball
    <START> a dog <END>                   <START>    a  dog
    <START> two <END>                     <START>  two
                                    counts =   [3,   3,   2,   1]

counts[t] captions still have a word to come at step t, and they are always the first ones: the loop over steps
takes the next counts[t] rows and needs no mask. Here that is K = 9 rows instead of 12. A word that is fed at many
places is multiplied with Wx once. Chapter 13 builds up to this; tests compare it with the plain layers.

packing: from captions to packed rows; words: what is the same at every row; states, attention: the recurrent
cells, which share gates; transformer: blocks in the place of cells; products: matrix products; workspace: memory
that is used again; threads: how many
"""
