using ConvNN.Training.Checkpoints;

namespace ConvNN.App.Log.Events;

/// <summary>A checkpoint was saved. Only <c>log.txt</c> has it, since a run may save many.</summary>
internal sealed record CheckpointEvent : RunEvent
{
    private readonly CheckpointSaved _saved;

    /// <summary>Creates the event of a checkpoint.</summary>
    public CheckpointEvent(CheckpointSaved saved)
        : base("checkpoint")
    {
        _saved = saved;
        Audience = Audience.LogFile;
    }

    /// <inheritdoc/>
    public override IEnumerable<Field> Fields =>
    [
        new("name", _saved.Name),
        new("bytes", _saved.Bytes),
        new("held_ms", Math.Round(_saved.Held.TotalMilliseconds, 3)),
        Field.Seconds("write_seconds", _saved.Written),
    ];
}
