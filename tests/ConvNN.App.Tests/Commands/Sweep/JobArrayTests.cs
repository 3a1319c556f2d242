using ConvNN.App.Commands.Sweep;
using ConvNN.App.Faults;

namespace ConvNN.App.Tests.Commands.Sweep;

/// <summary><c>--part auto</c>: the variables of schedulers, as their manuals describe them.</summary>
public class JobArrayTests
{
    [Theory]
    [InlineData("SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_COUNT=16 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=15", 1, 16)]
    [InlineData("SLURM_ARRAY_TASK_ID=15 SLURM_ARRAY_TASK_COUNT=16 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=15", 16, 16)]
    [InlineData("SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=4 SLURM_ARRAY_TASK_STEP=1", 3, 4)]
    [InlineData("SLURM_ARRAY_TASK_ID=30 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_MAX=40", 3, 4)]
    [InlineData("SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_COUNT=1 SLURM_ARRAY_TASK_MIN=7 SLURM_ARRAY_TASK_MAX=7", 1, 1)]
    [InlineData("SGE_TASK_ID=3 SGE_TASK_FIRST=1 SGE_TASK_LAST=10 SGE_TASK_STEPSIZE=2", 2, 5)]
    [InlineData("SGE_TASK_ID=9 SGE_TASK_FIRST=1 SGE_TASK_LAST=10 SGE_TASK_STEPSIZE=2", 5, 5)]
    [InlineData("SLURM_ARRAY_TASK_ID= SGE_TASK_ID=4 SGE_TASK_FIRST=2 SGE_TASK_LAST=4 SGE_TASK_STEPSIZE=1", 3, 3)]
    public void Auto_ArrayWithACount_IsThePlaceOfItsIndex(string variables, int number, int count) =>
        Assert.Equal(new SweepPart(number, count), Parse(variables));

    /// <summary>All tasks of an array together have every trial once.</summary>
    [Fact]
    public void Auto_AllTasksOfAnArray_ShareTheTrials()
    {
        SweepPart[] parts = [.. ((int[])[5, 8, 11]).Select(index => Parse($"SLURM_ARRAY_TASK_ID={index} SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_MAX=11"))];

        Assert.All(Enumerable.Range(0, 20), trial => Assert.Single(parts, part => part.Has(trial)));
    }

    [Theory]
    [InlineData("", "this is no task of a job array: SLURM_ARRAY_TASK_ID and SGE_TASK_ID are not set; give part K of N, such as 3/16.")]
    [InlineData("SGE_TASK_ID=undefined LSB_JOBINDEX=0", "this is no task of a job array: SLURM_ARRAY_TASK_ID and SGE_TASK_ID are not set; give part K of N, such as 3/16.")]
    [InlineData("SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=4", "SLURM_ARRAY_TASK_COUNT is not set, so the number of parts is not known; give part K of N, such as 3/16.")]
    [InlineData("SGE_TASK_ID=3 SGE_TASK_FIRST=1 SGE_TASK_STEPSIZE=1", "SGE_TASK_LAST is not set, so the number of parts is not known; give part K of N, such as 3/16.")]
    [InlineData("SGE_TASK_ID=x SGE_TASK_FIRST=1 SGE_TASK_LAST=2 SGE_TASK_STEPSIZE=1", "SGE_TASK_ID is x, not a whole number; give part K of N, such as 3/16.")]
    [InlineData(
        "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=8",
        "the place of SLURM_ARRAY_TASK_ID=3 among 3 indices from 1 to 8 is not known, which have no common step; give part K of N, such as 3/16.")]
    [InlineData(
        "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=9",
        "the place of SLURM_ARRAY_TASK_ID=3 among 3 indices from 1 to 9 is not known, which have no common step; give part K of N, such as 3/16.")]
    [InlineData(
        "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=0 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_MAX=5",
        "the place of SLURM_ARRAY_TASK_ID=5 among 0 indices from 5 to 5 is not known, which have no common step; give part K of N, such as 3/16.")]
    [InlineData(
        "PBS_ARRAY_INDEX=3",
        "PBS_ARRAY_INDEX alone does not say which part this is: PBS does not tell how many tasks its array has; give it, such as --part $PBS_ARRAY_INDEX/16 for tasks 1 to 16.")]
    [InlineData(
        "PBS_ARRAYID=3",
        "PBS_ARRAYID alone does not say which part this is: Torque does not tell how many tasks its array has; give it, such as --part $PBS_ARRAYID/16 for tasks 1 to 16.")]
    [InlineData(
        "LSB_JOBINDEX=3 LSB_JOBINDEX_END=16 LSB_JOBINDEX_STEP=1",
        "LSB_JOBINDEX alone does not say which part this is: LSF does not tell the first index of its array; give it, such as --part $LSB_JOBINDEX/16 for tasks 1 to 16.")]
    public void Auto_CountOrPlaceIsUnknown_IsRefusedWithWhatIsMissing(string variables, string why) =>
        Assert.Equal($"--part is auto, but {why}", Assert.Throws<UsageException>(() => Parse(variables)).Message);

    [Theory]
    [InlineData("0/3")]
    [InlineData("4/3")]
    [InlineData("Auto")]
    [InlineData("1")]
    public void Parse_NeitherKOfNNorAuto_IsRefused(string text) => Assert.Equal(
        $"--part is {text}; it must be part K of N, such as 3/16, or auto in a job array.",
        Assert.Throws<UsageException>(() => SweepPart.Parse(text, _ => null)).Message);

    private static SweepPart Parse(string variables) => SweepPart.Parse(
        SweepPart.Auto, variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]).GetValueOrDefault);
}
