"""Stages of the search in texts as loops that can be compiled (:mod:`textq.compiled`); each says what it equals.

All arrays of numbers are int64. ``bases``, ``parents`` and ``words`` are those of a :class:`textq.lexicon.trie.Trie`,
``*_bounds`` and ``*_values`` those of a :class:`textq.lexicon.chunk.Lists`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from textq.lexicon.trie import Integers

    Flags: TypeAlias = NDArray[np.bool_]
    Floats: TypeAlias = NDArray[np.float32]
    Points: TypeAlias = NDArray[np.uint32]
    Roles: TypeAlias = NDArray[np.uint8]

TERM, GUARD, CHAIN, GATE, LETTER_FIRST, LETTER_LAST = 1, 2, 4, 8, 16, 32
"""What a word is looked for, and whether it begins or ends with a letter that spaces set apart in words."""


def find_words(
    chars: Integers,
    points: Points,
    bases: Integers,
    parents: Integers,
    words: Integers,
    lengths: Integers,
    roles: Roles,
    letters: Flags,
) -> tuple[Integers, Integers, Roles]:
    """Return where words begin, which, and what each is there for, by their places, the shortest first.

    It equals :meth:`textq.lexicon.trie.Trie.find` and the roles that ``BatchMatcher`` leaves to words cut from others.
    """
    room = len(chars) // 2 + 16
    while True:
        starts = np.empty(room, dtype=np.int64)
        found = np.empty(room, dtype=np.int64)
        left = np.empty(room, dtype=np.uint8)
        n_found = 0
        for start in range(len(chars) - 1):
            node = chars[start]
            at = start
            while True:
                word = words[node]
                if word >= 0:
                    if n_found < room:
                        starts[n_found] = start
                        found[n_found] = word
                        left[n_found] = roles[word]
                    n_found += 1
                at += 1
                child = bases[node] + chars[at]
                if parents[child] != node:
                    break
                node = child
        if n_found <= room:
            break
        room = n_found
    for at in range(n_found):
        role = left[at]
        before, behind = starts[at] - 1, starts[at] + lengths[found[at]]
        if (role & LETTER_FIRST and letters[points[before]]) or (role & LETTER_LAST and letters[points[behind]]):
            left[at] = role & (CHAIN | GATE)
    return starts[:n_found], found[:n_found], left[:n_found]


def add_up_words(
    chars: Integers, bounds: Integers, bases: Integers, parents: Integers, words: Integers, weights: Floats
) -> Floats:
    """Return the sum of the weights of the longest word at each place of each text, texts × columns of ``weights``.

    Text ``t`` is ``chars[bounds[t] : bounds[t + 1]]``, of which the last is 0. Weights are added up in the order of
    places: as the rows of a sparse matrix are.
    """
    n_columns = weights.shape[1]
    sums = np.zeros((len(bounds) - 1, n_columns), dtype=np.float32)
    for text in range(len(bounds) - 1):
        for start in range(bounds[text], bounds[text + 1] - 1):
            node = chars[start]
            longest = words[node]
            at = start + 1
            child = bases[node] + chars[at]
            while parents[child] == node:
                node = child
                if words[node] >= 0:
                    longest = words[node]
                at += 1
                child = bases[node] + chars[at]
            if longest >= 0:
                for column in range(n_columns):
                    sums[text, column] += weights[longest, column]
    return sums


def follow_chains(
    starts: Integers,
    words: Integers,
    word_bounds: Integers,
    word_values: Integers,
    stages: Integers,
    ranks: Integers,
    lengths: Integers,
    following: Integers,
    gaps: Integers,
    entries: Integers,
    sentence_ends: Integers,
) -> tuple[Integers, Integers, Integers]:
    """Return the matches of chains of words, from the last word found to the first; ``starts`` must be sorted.

    It equals the steps by depth in :class:`textq.lexicon.batch_patterns._Chains`. Each stage keeps where it can be
    followed to the end of its pattern, the nearest place first: ``newest`` is the last of these, ``older`` the one
    before each, further on in the text. A place is kept once, so that a word passes no more of them than it is long.
    """
    newest = np.full(len(following), -1, dtype=np.int64)
    size = 0
    for at in range(len(starts)):
        size += word_bounds[words[at] + 1] - word_bounds[words[at]]
    places = np.empty(size, dtype=np.int64)
    reached = np.empty(size, dtype=np.int64)
    rank = np.empty(size, dtype=np.int64)
    stage_of = np.empty(size, dtype=np.int64)
    older = np.empty(size, dtype=np.int64)
    n_places = 0
    sentence = len(sentence_ends) - 1
    for at in range(len(starts) - 1, -1, -1):
        start = starts[at]
        while sentence > 0 and sentence_ends[sentence - 1] >= start:
            sentence -= 1
        for index in range(word_bounds[words[at]], word_bounds[words[at] + 1]):
            held = word_values[index]
            stage = stages[held]
            end = start + lengths[held]
            until = end
            if following[stage] >= 0:
                ahead = newest[following[stage]]
                while ahead >= 0 and places[ahead] < end:
                    ahead = older[ahead]
                if ahead < 0 or places[ahead] - end > gaps[stage]:
                    continue
                sentence_end = sentence
                while sentence_ends[sentence_end] < end:
                    sentence_end += 1
                if sentence_ends[sentence_end] < places[ahead]:
                    continue
                until = reached[ahead]
            last = newest[stage]
            if last >= 0 and places[last] == start:
                if ranks[held] < rank[last]:
                    reached[last] = until
                    rank[last] = ranks[held]
                continue
            places[n_places] = start
            reached[n_places] = until
            rank[n_places] = ranks[held]
            stage_of[n_places] = stage
            older[n_places] = last
            newest[stage] = n_places
            n_places += 1
    n_found = 0
    for at in range(n_places):
        if entries[stage_of[at]] >= 0:
            n_found += 1
    found = np.empty((3, n_found), dtype=np.int64)
    n_found = 0
    for at in range(n_places):
        if entries[stage_of[at]] >= 0:
            found[0, n_found] = places[at]
            found[1, n_found] = reached[at]
            found[2, n_found] = entries[stage_of[at]]
            n_found += 1
    return found[0], found[1], found[2]


def group_places(
    word_starts: Integers, words: Integers, word_bounds: Integers, word_values: Integers, n_sought: int
) -> tuple[Integers, Integers]:
    """Return where each thing that is sought stands: bounds and places, which ascend, as those of a ``Lists``.

    ``word_starts``, sorted, says where words begin, and ``word_values`` what each of them is sought as. It equals the
    sorted places of a :class:`textq.lexicon.chunk.Places`.
    """
    bounds = np.zeros(n_sought + 1, dtype=np.int64)
    for at in range(len(words)):
        for index in range(word_bounds[words[at]], word_bounds[words[at] + 1]):
            bounds[word_values[index] + 1] += 1
    for sought in range(n_sought):
        bounds[sought + 1] += bounds[sought]
    filled = bounds[:-1].copy()
    places = np.empty(bounds[-1], dtype=np.int64)
    for at in range(len(words)):
        for index in range(word_bounds[words[at]], word_bounds[words[at] + 1]):
            sought = word_values[index]
            places[filled[sought]] = word_starts[at]
            filled[sought] += 1
    return bounds, places


def find_near(
    starts: Integers,
    ends: Integers,
    guards: Integers,
    distances: Integers,
    sought_bounds: Integers,
    sought_values: Integers,
    sought_lengths: Integers,
    place_bounds: Integers,
    places: Integers,
    sentence_ends: Integers,
) -> Flags:
    """Tell near which matches, roughly in order of their starts, one of the words of their guard stands.

    ``place_bounds`` and ``places`` are what `group_places` returns; only the first place that may count is looked at,
    so that a long sentence takes no longer than many short ones. It equals what ``GuardTable`` looks for.
    """
    near = np.zeros(len(starts), dtype=np.bool_)
    sentence = 0
    for match in range(len(starts)):
        guard = guards[match]
        if sought_bounds[guard] == sought_bounds[guard + 1]:
            continue
        while sentence_ends[sentence] < starts[match]:
            sentence += 1
        while sentence_ends[sentence - 1] >= starts[match]:
            sentence -= 1
        behind = sentence
        while sentence_ends[behind] < ends[match]:
            behind += 1
        lowest = max(sentence_ends[sentence - 1] + 1, starts[match] - distances[guard])
        highest = min(sentence_ends[behind], ends[match] + distances[guard])
        for index in range(sought_bounds[guard], sought_bounds[guard + 1]):
            sought = sought_values[index]
            first, last = place_bounds[sought], place_bounds[sought + 1]
            end = last
            while first < last:
                middle = (first + last) // 2
                if places[middle] < lowest:
                    first = middle + 1
                else:
                    last = middle
            if first < end and places[first] + sought_lengths[sought] <= highest:
                near[match] = True
                break
    return near


def sort_candidates(
    starts: Integers,
    words: Integers,
    roles: Roles,
    lengths: Integers,
    holder_bounds: Integers,
    holder_values: Integers,
    match_starts: Integers,
    match_ends: Integers,
    match_entries: Integers,
    at_start: Flags,
    ranks: Integers,
) -> tuple[Integers, Integers, Integers, Integers]:
    """Return begin, start, end and entry of all terms among sorted words, and of the matches of patterns.

    They are sorted as ``BatchMatcher`` sorts candidates. Both lists come nearly so: each goes to its place from behind,
    and passes no more than what begins where it does, or one place ahead.
    """
    order = np.argsort(match_starts, kind="mergesort")
    size = len(match_starts)
    for at in range(len(words)):
        size += holder_bounds[words[at] + 1] - holder_bounds[words[at]]
    begins = np.empty(size, dtype=np.int64)
    sorted_starts = np.empty(size, dtype=np.int64)
    ends = np.empty(size, dtype=np.int64)
    entries = np.empty(size, dtype=np.int64)
    n_sorted = 0
    word = match = 0
    while word < len(words) or match < len(order):
        if match < len(order) and (word == len(words) or match_starts[order[match]] <= starts[word]):
            start, end = match_starts[order[match]], match_ends[order[match]]
            first, last = order[match], order[match] + 1
            is_match = True
            match += 1
        else:
            start, end = starts[word], starts[word] + lengths[words[word]]
            first = last = 0
            if roles[word] & TERM:
                first, last = holder_bounds[words[word]], holder_bounds[words[word] + 1]
            is_match = False
            word += 1
        for index in range(first, last):
            entry = match_entries[index] if is_match else holder_values[index]
            begin = start - 1 if at_start[entry] else start
            at = n_sorted
            while at > 0 and (
                begins[at - 1] > begin
                or (
                    begins[at - 1] == begin
                    and (ends[at - 1] < end or (ends[at - 1] == end and ranks[entries[at - 1]] > ranks[entry]))
                )
            ):
                begins[at] = begins[at - 1]
                sorted_starts[at] = sorted_starts[at - 1]
                ends[at] = ends[at - 1]
                entries[at] = entries[at - 1]
                at -= 1
            begins[at] = begin
            sorted_starts[at] = start
            ends[at] = end
            entries[at] = entry
            n_sorted += 1
    return begins[:n_sorted], sorted_starts[:n_sorted], ends[:n_sorted], entries[:n_sorted]


def place_candidates(
    begins: Integers,
    starts: Integers,
    entries: Integers,
    at_start: Flags,
    firsts: Integers,
    limits: Integers,
    opening: Integers,
    closing: Integers,
) -> tuple[Integers, Flags, Flags]:
    """Return the text of each sorted candidate, which may count, and of which that hangs on the body of their text.

    It equals what ``BatchMatcher`` finds of all candidates before any body is read.
    """
    owners = np.empty(len(begins), dtype=np.int64)
    kept = np.empty(len(begins), dtype=np.bool_)
    unsure = np.empty(len(begins), dtype=np.bool_)
    owner = name = 0
    for at in range(len(begins)):
        while owner + 1 < len(firsts) and firsts[owner + 1] <= begins[at] + 1:
            owner += 1
        while name < len(closing) and closing[name] < begins[at]:
            name += 1
        offset = starts[at] - firsts[owner]
        must_begin = at_start[entries[at]]
        owners[at] = owner
        kept[at] = not (must_begin and offset > limits[owner])
        unsure[at] = kept[at] and (must_begin or offset < limits[owner])
        if name < len(closing) and opening[name] < begins[at]:
            kept[at] = False
    return owners, kept, unsure


def choose_leftmost(begins: Integers, ends: Integers) -> Integers:
    """Return what ``_resolve`` of :mod:`textq.lexicon.batch` returns."""
    chosen = np.empty(len(begins), dtype=np.int64)
    n_chosen = 0
    reached = -2
    for at in range(len(begins)):
        if begins[at] >= reached:
            chosen[n_chosen] = at
            n_chosen += 1
            reached = ends[at]
    return chosen[:n_chosen]
