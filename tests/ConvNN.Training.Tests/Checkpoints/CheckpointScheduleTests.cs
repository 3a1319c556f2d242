using ConvNN.Training.Checkpoints;

namespace ConvNN.Training.Tests.Checkpoints;

public class CheckpointScheduleTests
{
    /// <summary>Which of 12 steps of 10 samples, 6 an epoch, are followed by a checkpoint; E stands for the evaluation after an epoch.</summary>
    [Theory]
    [InlineData(CheckpointStrategy.Never, 1, "")]
    [InlineData(CheckpointStrategy.Epochs, 1, "E1 E2")]
    [InlineData(CheckpointStrategy.Epochs, 2, "E2")]
    [InlineData(CheckpointStrategy.Parts, 1, "E1 E2")]
    [InlineData(CheckpointStrategy.Parts, 3, "2 4 E1 8 10 E2")]
    [InlineData(CheckpointStrategy.Parts, 100, "1 2 3 4 5 E1 7 8 9 10 11 E2")]
    [InlineData(CheckpointStrategy.Steps, 4, "4 8 E2")]
    [InlineData(CheckpointStrategy.Steps, 6, "E1 E2")]
    [InlineData(CheckpointStrategy.Seconds, 3, "3 E1 9 E2")]
    [InlineData(CheckpointStrategy.Seconds, 5, "5 10")]
    [InlineData(CheckpointStrategy.BestTraining, 1, "E1 E2")]
    [InlineData(CheckpointStrategy.BestValidation, 1, "E1")]
    public void IsDue_Strategy_GivesTheseMoments(CheckpointStrategy strategy, int every, string expected)
    {
        ManualTime time = new();
        CheckpointSchedule schedule = new(new CheckpointOptions { Strategy = strategy, Every = every }, samples: 60, time);
        List<string> moments = [];
        for (int step = 1; step <= 12; step++)
        {
            time.Seconds++;
            int before = (step - 1) % 6 * 10;
            Note(schedule.IsDueAfterStep(step, before, before + 10), $"{step}");
            if (step % 6 == 0)
            {
                // Training accuracy rises, the evaluation's does not.
                double[] accuracies = step == 6 ? [0.5] : [0.5, 0.5];
                Note(schedule.IsDueAfter(CheckpointRig.At(step, accuracies).Epochs), $"E{step / 6}");
            }
        }

        Assert.Equal(expected, string.Join(' ', moments));

        void Note(bool isDue, string moment)
        {
            if (isDue)
            {
                schedule.Take();
                moments.Add(moment);
            }
        }
    }

    [Fact]
    public void IsDue_NotTaken_StaysDue()
    {
        CheckpointSchedule schedule = new(new CheckpointOptions { Strategy = CheckpointStrategy.Steps, Every = 4 }, samples: 60, new ManualTime());

        Assert.True(schedule.IsDueAfterStep(4, 30, 40));
        Assert.True(schedule.IsDueAfterStep(5, 40, 50));
        schedule.Take();
        Assert.False(schedule.IsDueAfterStep(6, 0, 10));
    }

    /// <summary>With local steps a checkpoint is possible after some steps only; a resumed run owes none for those before it.</summary>
    [Fact]
    public void IsDue_StepsLeftOut_AfterTheNextOne()
    {
        CheckpointSchedule schedule = new(new CheckpointOptions { Strategy = CheckpointStrategy.Steps, Every = 4 }, samples: 600, new ManualTime()) { From = 5 };
        List<int> moments = [];
        foreach (int step in new[] { 6, 9, 11, 14, 16 })
        {
            if (schedule.IsDueAfterStep(step, 0, 10))
            {
                schedule.Take();
                moments.Add(step);
            }
        }

        Assert.Equal([9, 14, 16], moments);
    }

    private sealed class ManualTime : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
