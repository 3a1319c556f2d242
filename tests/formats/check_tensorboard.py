#!/usr/bin/env python3
"""Reads the event files of a run with code that is not ConvNN's: Google's protobuf, from the field numbers that TensorBoard publishes.

Each record has the checksums of its length and its content. The scalars of epochs are those of history.csv, those of steps are those
of steps.csv; there are histograms of all weights, pictures that are PNG files, and hyperparameters. What a file says before the
START mark of a later one counts only up to that step, as in TensorBoard.

usage: check_tensorboard.py RUN       (a run with Output:TensorBoard=true)
"""
import csv
import glob
import os
import struct
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

F = descriptor_pb2.FieldDescriptorProto
MESSAGES = {
    "Event": [("wall_time", 1, F.TYPE_DOUBLE), ("step", 2, F.TYPE_INT64), ("file_version", 3, F.TYPE_STRING), ("summary", 5, "Summary"), ("session_log", 7, "SessionLog")],
    "SessionLog": [("status", 1, F.TYPE_INT32)],
    "Summary": [("value", 1, "*Value")],
    "Value": [("tag", 1, F.TYPE_STRING), ("simple_value", 2, F.TYPE_FLOAT), ("image", 4, "Image"), ("histo", 5, "Histogram"), ("metadata", 9, "Metadata")],
    "Image": [("height", 1, F.TYPE_INT32), ("width", 2, F.TYPE_INT32), ("colorspace", 3, F.TYPE_INT32), ("encoded_image_string", 4, F.TYPE_BYTES)],
    "Histogram": [("min", 1, F.TYPE_DOUBLE), ("max", 2, F.TYPE_DOUBLE), ("num", 3, F.TYPE_DOUBLE), ("sum", 4, F.TYPE_DOUBLE), ("sum_squares", 5, F.TYPE_DOUBLE),
                  ("bucket_limit", 6, "*double"), ("bucket", 7, "*double")],
    "Metadata": [("plugin_data", 1, "PluginData")],
    "PluginData": [("plugin_name", 1, F.TYPE_STRING), ("content", 2, F.TYPE_BYTES)],
    "HParams": [("experiment", 2, "Experiment"), ("session_start_info", 3, "Start"), ("session_end_info", 4, "End")],
    "Experiment": [("hparam_infos", 4, "*Info"), ("metric_infos", 5, "*Metric")],
    "Info": [("name", 1, F.TYPE_STRING), ("type", 4, F.TYPE_INT32)],
    "Metric": [("name", 1, "MetricName")],
    "MetricName": [("group", 1, F.TYPE_STRING), ("tag", 2, F.TYPE_STRING)],
    "Start": [("hparams", 1, "*Entry"), ("start_time_secs", 5, F.TYPE_DOUBLE)],
    "End": [("status", 1, F.TYPE_INT32), ("end_time_secs", 2, F.TYPE_DOUBLE)],
    "Entry": [("key", 1, F.TYPE_STRING), ("value", 2, "Any")],
    "Any": [("number_value", 2, F.TYPE_DOUBLE), ("string_value", 3, F.TYPE_STRING), ("bool_value", 4, F.TYPE_BOOL)],
}
EPOCHS = {"loss/train": "train_loss", "accuracy/train": "train_accuracy", "loss/test": "test_loss", "accuracy/test": "test_accuracy",
          "loss/validation": "validation_loss", "accuracy/validation": "validation_accuracy", "learning_rate": "learning_rate", "images_per_second": "images_per_second"}
STEPS = ["loss", "accuracy", "learning_rate", "gradient_norm", "images_per_second"]


def classes():
    file = descriptor_pb2.FileDescriptorProto(name="events.proto", package="t", syntax="proto2")
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            repeated = isinstance(kind, str) and kind[0] == "*"
            added = message.field.add(name=field, number=number, label=F.LABEL_REPEATED if repeated else F.LABEL_OPTIONAL)
            kind = kind[1:] if repeated else kind
            if kind == "double":
                added.type = F.TYPE_DOUBLE
                added.options.packed = True
            elif isinstance(kind, str):
                added.type, added.type_name = F.TYPE_MESSAGE, ".t." + kind
            else:
                added.type = kind
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    get = getattr(message_factory, "GetMessageClass", None) or message_factory.MessageFactory(pool).GetPrototype
    return {name: get(pool.FindMessageTypeByName("t." + name)) for name in MESSAGES}


def table():
    for i in range(256):
        for _ in range(8):
            i = i >> 1 ^ (0x82F63B78 if i & 1 else 0)
        yield i


TABLE = list(table())


def masked(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 255] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def events(path, kind):
    with open(path, "rb") as file:
        content = file.read()
    at = 0
    while at < len(content):
        length, sum_of_length = struct.unpack_from("<QI", content, at)
        assert masked(content[at : at + 8]) == sum_of_length, (path, at, "checksum of the length")
        data = content[at + 12 : at + 12 + length]
        assert len(data) == length and masked(data) == struct.unpack_from("<I", content, at + 12 + length)[0], (path, at, "checksum of the event")
        at += 16 + length
        event = kind()
        event.ParseFromString(data)
        yield event


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def same(expected, found, what):
    assert abs(expected - found) <= 1e-6 * max(1e-3, abs(expected)), (what, expected, found)


def main(run):
    kinds = classes()
    files = sorted(glob.glob(os.path.join(run, "tensorboard", "events.out.tfevents.*")))
    assert files, "no event files"
    scalars, histograms, pictures, plugins, seen, ended = {}, {}, {}, [], 0, False
    for number, path in enumerate(files):
        for index, event in enumerate(events(path, kinds["Event"])):
            seen += 1
            assert event.wall_time > 1.5e9
            assert (event.file_version == "brain.Event:2") == (index == 0), (path, index)
            started = event.session_log.status == 1
            assert started == (number > 0 and index == 1), (path, index, "START")
            if started:
                for values in scalars.values():
                    for step in [step for step in values if step >= event.step]:
                        del values[step]
            for value in event.summary.value:
                if value.HasField("simple_value"):
                    assert event.step not in scalars.setdefault(value.tag, {}), (value.tag, event.step, "twice")
                    scalars[value.tag][event.step] = value.simple_value
                elif value.HasField("histo"):
                    h = value.histo
                    assert sum(h.bucket) == h.num and list(h.bucket_limit) == sorted(h.bucket_limit) and h.bucket_limit[-1] == h.max, value.tag
                    histograms[value.tag] = h
                elif value.HasField("image"):
                    png = value.image.encoded_image_string
                    assert png[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", png[16:24]) == (value.image.width, value.image.height), value.tag
                    pictures[value.tag] = value.image
                else:
                    assert value.metadata.plugin_data.plugin_name == "hparams", value.tag
                    data = kinds["HParams"]()
                    data.ParseFromString(value.metadata.plugin_data.content)
                    plugins.append(data)
                    ended |= data.session_end_info.status == 1

    history = rows(os.path.join(run, "history.csv"))
    for tag, column in EPOCHS.items():
        expected = [float(row[column]) for row in history if row[column]]
        found = [value for _, value in sorted(scalars.get(tag, {}).items())]
        assert len(expected) == len(found), (tag, expected, found)
        for pair in zip(expected, found):
            same(*pair, tag)
    steps = os.path.join(run, "steps.csv")
    recorded = rows(steps) if os.path.exists(steps) else []
    for column in STEPS:
        found = scalars.get("step/" + column, {})
        assert sorted(found) == [int(row["step"]) for row in recorded], ("step/" + column, len(found), len(recorded))
        for row in recorded:
            same(float(row[column]), found[int(row["step"])], column) if column != "images_per_second" else None
    assert histograms and any(tag.endswith("/weight") for tag in histograms), "no weights"
    given = {entry.key: entry.value for entry in plugins[1].session_start_info.hparams}
    assert given["Training:BatchSize"].number_value >= 1 and given["Training:Optimizer:Type"].string_value, sorted(given)
    assert {info.name for info in plugins[0].experiment.hparam_infos} == set(given)
    assert all(metric.name.tag in scalars for metric in plugins[0].experiment.metric_infos)
    assert ended, "the run has no end"
    kinds_of_pictures = {tag.split("/")[0] for tag in pictures}
    print(f"{run}: {len(files)} files, {seen} events: {len(scalars)} curves of {len(history)} epochs and {len(recorded)} steps as in the CSV files, "
          f"{len(histograms)} histograms, {len(pictures)} pictures ({', '.join(sorted(kinds_of_pictures))}), {len(given)} hyperparameters")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
