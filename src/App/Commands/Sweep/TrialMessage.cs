namespace ConvNN.App.Commands.Sweep;

/// <summary>What the ranks of a sweep tell each other.</summary>
internal abstract record TrialMessage
{
    /// <summary>Rank 0 hands over a trial.</summary>
    /// <param name="Number">Its <see cref="SweepTrial.Number"/>.</param>
    /// <param name="Rung">The rung to which it trains.</param>
    /// <param name="Folder">The packed folder of a trial that has paused; empty for one that begins.</param>
    public sealed record Train(int Number, int Rung, byte[] Folder) : TrialMessage;

    /// <summary>A trial has finished an epoch.</summary>
    /// <param name="Number">The trial.</param>
    /// <param name="Epochs">How many it has finished.</param>
    public sealed record Progress(int Number, int Epochs) : TrialMessage;

    /// <summary>A trial has ended.</summary>
    /// <param name="Number">The trial.</param>
    /// <param name="Row">Its row, without varied values; null if it was stopped.</param>
    /// <param name="Folder">Its packed run folder; empty for none.</param>
    public sealed record Ended(int Number, TrialRow? Row, byte[] Folder) : TrialMessage;

    /// <summary>Rank 0 says that trials stop and no others come; a rank answers the same when its trials have stopped, and then leaves.</summary>
    public sealed record End : TrialMessage;

    private enum Kind : byte
    {
        Train,
        Progress,
        Ended,
        End,
    }

    /// <summary>Reads a message.</summary>
    /// <param name="bytes">The message, as <see cref="ToBytes"/> made it.</param>
    public static TrialMessage Of(byte[] bytes)
    {
        using BinaryReader reader = new(new MemoryStream(bytes));
        return (Kind)reader.ReadByte() switch
        {
            Kind.Train => new Train(reader.ReadInt32(), reader.ReadInt32(), Folder()),
            Kind.Progress => new Progress(reader.ReadInt32(), reader.ReadInt32()),
            Kind.Ended => new Ended(reader.ReadInt32(), reader.ReadBoolean() ? Row() : null, Folder()),
            Kind.End => new End(),
            Kind kind => throw new InvalidDataException($"message of kind {kind}"),
        };

        byte[] Folder() => reader.ReadBytes(reader.ReadInt32());

        TrialRow Row() => TrialRow.Of(TrialRow.Columns, [.. TrialRow.Columns.Select(_ => reader.ReadString())]);
    }

    /// <summary>The message as bytes; all ranks have the same version of the program, so there is no other.</summary>
    public byte[] ToBytes()
    {
        using MemoryStream bytes = new();
        using BinaryWriter writer = new(bytes);
        switch (this)
        {
            case Train train:
                writer.Write((byte)Kind.Train);
                writer.Write(train.Number);
                writer.Write(train.Rung);
                Write(train.Folder);
                break;
            case Progress progress:
                writer.Write((byte)Kind.Progress);
                writer.Write(progress.Number);
                writer.Write(progress.Epochs);
                break;
            case Ended ended:
                writer.Write((byte)Kind.Ended);
                writer.Write(ended.Number);
                writer.Write(ended.Row is not null);
                foreach (string text in ended.Row?.Texts(TrialRow.Columns) ?? [])
                {
                    writer.Write(text);
                }

                Write(ended.Folder);
                break;
            default:
                writer.Write((byte)Kind.End);
                break;
        }

        return bytes.ToArray();

        void Write(byte[] folder)
        {
            writer.Write(folder.Length);
            writer.Write(folder);
        }
    }
}
