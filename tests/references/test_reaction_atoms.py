"""Layer 11, head 6 of an ALBERT of reactions maps atoms: the package's own test values."""

import pytest

from keras_gt.analysis import attention_scores
from keras_gt.converters import from_hugging_face
from keras_gt.models.text_batches import padded_tokens
from tests.converters.checkpoints import reaction_albert
from tests.references.reaction_atoms import canonical, map_atoms, smiles_tokenizer

# reaction, mapped reaction, confidence: rxnmapper 0.4.3, tests/test_mapper.py
PUBLISHED = [
    (
        "CC(C)S.CN(C)C=O.Fc1cccnc1F.O=C([O-])[O-].[K+].[K+]>>CC(C)Sc1ncccc1F",
        "[CH3:1][CH:2]([CH3:3])[SH:4].CN(C)C=O.F[c:5]1[n:6][cH:7][cH:8][cH:9][c:10]1[F:11]"
        ".O=C([O-])[O-].[K+].[K+]"
        ">>[CH3:1][CH:2]([CH3:3])[S:4][c:5]1[n:6][cH:7][cH:8][cH:9][c:10]1[F:11]",
        0.9565619900376546,
    ),
    (
        "C1COCCO1.CC(C)(C)OC(=O)CONC(=O)NCc1cccc2ccccc12.Cl>>O=C(O)CONC(=O)NCc1cccc2ccccc12",
        "C1COCCO1.CC(C)(C)[O:3][C:2](=[O:1])[CH2:4][O:5][NH:6][C:7](=[O:8])[NH:9][CH2:10][c:11]1"
        "[cH:12][cH:13][cH:14][c:15]2[cH:16][cH:17][cH:18][cH:19][c:20]12.Cl"
        ">>[O:1]=[C:2]([OH:3])[CH2:4][O:5][NH:6][C:7](=[O:8])[NH:9][CH2:10][c:11]1"
        "[cH:12][cH:13][cH:14][c:15]2[cH:16][cH:17][cH:18][cH:19][c:20]12",
        0.9704424331552834,
    ),
]


def test_one_head_maps_the_atoms_of_a_reaction():
    directory = reaction_albert()
    tokenizer = smiles_tokenizer(directory / "vocab.txt")
    model = from_hugging_face(directory, tokenizer=tokenizer)
    assert "predictions.decoder.weight" in model.left_out
    reactions = [canonical(reaction) for reaction, _, _ in PUBLISHED]
    tokens = model.preprocessor.token_ids(reactions)
    scores = attention_scores(model, padded_tokens(tokens))
    assert list(scores) == ["block", *(f"block/{index}" for index in range(2, 13))]
    head = scores["block/11"][:, 5]  # (B, N, N)
    for row, (_, mapped, confidence) in enumerate(PUBLISHED):
        length = len(tokens[row])
        found, certainty = map_atoms(reactions[row], head[row, :length, :length])
        assert found == mapped
        assert certainty == pytest.approx(confidence, abs=1e-6)
