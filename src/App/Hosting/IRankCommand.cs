namespace ConvNN.App.Hosting;

/// <summary>A command that a launcher may start several times: the processes work together, or those other than the first say nothing.</summary>
internal interface IRankCommand : ICommand;
