using System.Text;
using ConvNN.App.Commands.Sweep;
using ConvNN.App.Configuration;
using ConvNN.App.Tests.Configuration;
using ConvNN.Model.Layers;
using ConvNN.Model.Options;
using ConvNN.Training.Optimizers;

namespace ConvNN.App.Tests.Commands.Sweep;

public class SweepPlanTests
{
    [Fact]
    public void Read_FilesPointsSeeds_AreAllCombinedInThisOrder()
    {
        SweepPlan plan = SweepPlan.Read([File("a.json", "first"), File("b.json", "second")], Points("Training:LearningRate=0.1,0.2"), [1, 2]);

        Assert.Equal(
            [
                "first LearningRate=0.1 seed 1", "first LearningRate=0.1 seed 2", "first LearningRate=0.2 seed 1", "first LearningRate=0.2 seed 2",
                "second LearningRate=0.1 seed 1", "second LearningRate=0.1 seed 2", "second LearningRate=0.2 seed 1", "second LearningRate=0.2 seed 2",
            ],
            plan.Trials.Select(trial => trial.ToString()));
        Assert.Equal(Enumerable.Range(0, 8), plan.Trials.Select(trial => trial.Number));
        Assert.Equal((0.2, 2UL), (plan.Trials[3].Run.Training.LearningRate, plan.Trials[3].Run.Training.Seed));
    }

    [Fact]
    public void Read_LayerByNameAndOptionObjects_AreSetAsBySet()
    {
        SweepPlan plan = SweepPlan.Read([Sources.Of()], Points("Model:Layers:conv1:Filters=4,8", "Training:Optimizer=adam", "Training:Optimizer:Beta1=0.7"), seeds: null);

        Assert.Equal([4, 8], plan.Trials.Select(trial => ((Conv2dOptions)trial.Run.Layers[0]).Filters));
        Assert.All(plan.Trials, trial => Assert.Equal(0.7, ((AdamOptions)trial.Run.Training.Optimizer).Beta1));
        Assert.Equal(1UL, plan.Trials[0].Run.Training.Seed);
    }

    [Fact]
    public void Read_ConfigurationsOfTheSameName_AreCalledByTheirFiles() => Assert.Equal(
        ["a.json", "b.json", "other"],
        SweepPlan.Read([File("a.json", "same"), File("b.json", "same"), File("c.json", "other")], Points(), seeds: null).Trials.Select(trial => trial.Name));

    [Fact]
    public void Read_SeveralWrongFiles_TellsOfAllAtOnceAndOfEachFailureOnce()
    {
        ConfigurationException wrong = Assert.Throws<ConfigurationException>(() => SweepPlan.Read(
            [File("a.json", "a", ", \"Training\": { \"Epochs\": 0 }"), File("b.json", "b"), File("c.json", "c", ", \"Trainin\": {}")], Points("Training:Seed2=1"), [1, 2, 3]));

        Assert.Equal(
            [
                "Training:Epochs is 0; it must be a whole number between 1 and 1,000,000. (a.json, line 1)",
                "Trainin is not known",
            ],
            wrong.Failures.Where(failure => failure.Key != "Training:Seed2").Select(failure => failure.Key == "Trainin" ? failure.Text.Split(';')[0] : $"{failure}"));
        Assert.Equal("--vary Training:Seed2", Assert.Single(wrong.Failures, failure => failure.Key == "Training:Seed2").Origin);
    }

    private static IReadOnlyList<SweepPoint> Points(params string[] texts) => SweepGrid.All([.. texts.Select(Variation.Parse)]);

    private static ConfigurationSources File(string file, string name, string more = "") =>
        Sources.Of() with { File = ConfigurationFile.Parse(file, Encoding.UTF8.GetBytes($"{{ \"Name\": \"{name}\"{more} }}")) };
}
